// Runs steps in MicroPython's WebAssembly build, whose words have 32 bits as a board's: see device_memory.py.
// node device_memory.mjs PACKAGE FOLDER HEAP, the steps ([name, code] pairs) as JSON on standard input.

import fs from "node:fs";
import path from "node:path";

const [pack, folder, heap] = process.argv.slice(2); // the first as a whole path
const { loadMicroPython } = await import(path.resolve(pack, "micropython.mjs"));
const python = await loadMicroPython({ heapsize: Number(heap), stdout: (line) => console.log(line), linebuffer: true });

function copy(from, to) {
  python.FS.mkdirTree(to);
  for (const name of fs.readdirSync(from)) {
    const file = path.join(from, name);
    if (fs.statSync(file).isDirectory()) copy(file, `${to}/${name}`);
    else python.FS.writeFile(`${to}/${name}`, fs.readFileSync(file));
  }
}

copy(folder, "/board");
python.FS.chdir("/board");
python.runPython("import gc, sys\nsys.path[:] = ['/board']");
for (const [name, code] of JSON.parse(fs.readFileSync(0, "utf8"))) {
  python.runPython(code);
  python.runPython("gc.collect()"); // it collects between two calls, never within one
  python.runPython(`print(${JSON.stringify(name)}, gc.mem_alloc())`);
}
