"""The people of the demo: three with a known password, and the others."""

from __future__ import annotations

from typing import Final

from demo.data_types import DemoPerson

PASSWORD: Final = "one hour we all share"  # noqa: S105 - printed for every visitor of a demonstration

AMINA: Final = DemoPerson("amina", "Africa/Cairo")
BO: Final = DemoPerson("bo", "Europe/Copenhagen", email="bo@example.org")
DARIA: Final = DemoPerson("daria", "Europe/Bratislava")

SIGN_INS: Final = {
    AMINA: "facilitates, in Cairo",
    BO: "a member, in Copenhagen",
    DARIA: "coordinates, and looks after this installation, in Bratislava",
}

OTHERS: Final = (
    DemoPerson("felucca", "Africa/Cairo", "ar"),
    DemoPerson("maresia", "Europe/Lisbon", "pt"),
    DemoPerson("juniper", "Europe/Bratislava", "sk"),
    DemoPerson("kalyna", "Europe/Kyiv", "uk"),
    DemoPerson("fjordhorse", "Europe/Oslo"),
    DemoPerson("gulab", "Asia/Tehran", "fa"),
    DemoPerson("palmtree", "Africa/Lagos"),
    DemoPerson("jasmin", "Africa/Cairo", "ar"),
    DemoPerson("quintal", "America/Sao_Paulo", "pt"),
    DemoPerson("guayaba", "America/Bogota", "es"),
    DemoPerson("tilleul", "Europe/Brussels", "fr"),
    DemoPerson("studnicka", "Europe/Bratislava", "sk"),
    DemoPerson("lipa", "Europe/Prague", "cs"),
    DemoPerson("kamzik", "Europe/Bratislava", "sk"),
    DemoPerson("cesta", "Europe/Vienna", "sk"),
    DemoPerson("lelechka", "Europe/Warsaw", "uk"),
    DemoPerson("sonyah", "Europe/Kyiv", "uk"),
    DemoPerson("voloshka", "Europe/Berlin", "uk"),
    DemoPerson("kestrel", "Europe/London"),
    DemoPerson("oatcake", "Europe/Dublin"),
    DemoPerson("longshore", "America/New_York"),
    DemoPerson("maplebench", "America/Toronto"),
    DemoPerson("tuiwing", "Pacific/Auckland"),
    DemoPerson("monsoon", "Asia/Kolkata"),
    DemoPerson("acacia", "Africa/Nairobi"),
    DemoPerson("harmattan", "Africa/Accra"),
    DemoPerson("zaatar", "Asia/Amman", "ar"),
    DemoPerson("sindbad", "Africa/Casablanca", "ar"),
    DemoPerson("mishmish", "Asia/Beirut", "ar"),
    DemoPerson("nargis", "Africa/Tunis", "ar"),
    DemoPerson("anar", "Europe/Stockholm", "fa"),
    DemoPerson("saffron", "Asia/Tehran", "fa"),
    DemoPerson("shabdar", "Asia/Kabul", "fa"),
    DemoPerson("caju", "America/Fortaleza", "pt"),
    DemoPerson("andorinha", "Africa/Maputo", "pt"),
    DemoPerson("colibri", "America/Mexico_City", "es"),
    DemoPerson("tinto", "Europe/Madrid", "es"),
    DemoPerson("hirondelle", "Africa/Dakar", "fr"),
    DemoPerson("marelle", "Europe/Paris", "fr"),
    DemoPerson("newmoon", "Asia/Riyadh", "ar"),
    DemoPerson("papyrus", "Africa/Khartoum", "ar"),
    DemoPerson("tamarind", "Europe/Berlin", "ar"),
)
