"""What people see: the terminal screen, plain lines, and plots. Listeners only; nothing here decides."""
