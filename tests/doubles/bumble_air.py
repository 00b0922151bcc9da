"""Bluetooth without hardware: bumble's virtual controllers in one room, with bleak backends for the hosts in it.

What is on the air beside the hosts is a `Peripheral`: the firmware in its process (bumble_firmware.FirmwareBoard), or a
sensor written from the spec (bumble_double.Board).

What bumble 0.0.236 needs: both sides on their random addresses (LocalLink sends ACL data from those), the ACL packet
length set before a host boots, and scan responses, which its controllers replace by the advertising data. It has no air
time: who wants connection events paces what it sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from bumble import hci
from bumble.controller import Controller
from bumble.device import Device
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink
from bumble_bleak import BumbleClient, BumbleScanner

_HOSTS = ("C4:00:00:00:00:01", "C4:00:00:00:00:0A")


class Peripheral(Protocol):
    """Something that advertises.

    Attributes:
        address: on the air.
        reachable: whether it is heard.
    """

    address: str
    reachable: bool

    async def start(self, air: Air) -> None:
        """Enters the room; returns when it advertises."""
        ...


class AirController(Controller):
    """bumble's controller, with the scan response that the advertiser really has."""

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        if isinstance(packet, hci.HCI_LE_Extended_Advertising_Report_Event):
            for report in packet.reports:
                if report.event_type == hci.HCI_LE_Extended_Advertising_Report_Event.EventType.SCAN_RESPONSE:
                    report.data = self._scan_response(report.address)
        super().send_hci_packet(packet)

    def _scan_response(self, address: hci.Address) -> bytes:
        assert self.link is not None
        advertiser = self.link.find_le_controller(address)
        sets = advertiser.advertising_sets.values() if advertiser is not None else ()
        return next((bytes(one.scan_response_data) for one in sets if one.enabled), b"")


def make_device(link: LocalLink, address: str, name: str) -> Device:
    """A Bluetooth device on its random address."""
    controller = AirController(name, link=link, public_address=f"{address}/P")
    controller.le_acl_data_packet_length = 251
    return Device(name=name, address=hci.Address(address), host=Host(controller, AsyncPipeSink(controller)))


@dataclass
class AirHost:
    """A computer in the room: its device, and bleak backends on it.

    Attributes:
        mtu: what it offers; 23 offers nothing.
        acknowledges: whether what it writes without response goes out.
        is_near: whether it hears boards that are out of the reach of others.
        wrote: what it has written, in order.
    """

    air: Air
    address: str
    mtu: int
    acknowledges: bool = True
    is_near: bool = False
    wrote: list[bytes] = field(default_factory=list[bytes])

    def __post_init__(self) -> None:
        ours: dict[str, Any] = {"host": self}
        self.client: type[BumbleClient] = type("Client", (BumbleClient,), ours)
        self.scanner: type[BumbleScanner] = type("Scanner", (BumbleScanner,), ours)

    async def start(self) -> None:
        self.device = make_device(self.air.link, self.address, "host")
        await self.device.power_on()

    def hears(self, board: Peripheral) -> bool:
        """Whether that board is in its reach."""
        return board.reachable or self.is_near


class Air:
    """One room: the person's computer, a stranger's, and some boards.

    Args:
        boards: what is there.
        central_mtu: what the computer offers.
        interval_ms: the connection interval that hosts give.

    Attributes:
        host, stranger: the two computers. `client` and `scanner` are the first one's bleak backends.
    """

    def __init__(self, boards: list[Any], *, central_mtu: int = 247, interval_ms: float = 30.0) -> None:
        self.boards: list[Peripheral] = boards
        self.interval_ms = interval_ms
        self.host, self.stranger = (AirHost(self, address, central_mtu) for address in _HOSTS)
        self.stranger.is_near = True
        self.client, self.scanner = self.host.client, self.host.scanner

    async def start(self) -> None:
        """Everything in it begins; in the event loop that will run it all."""
        self.link = LocalLink()
        for part in (self.host, self.stranger):
            await part.start()
        for board in self.boards:
            await board.start(self)
