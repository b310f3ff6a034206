"""Who lives in the demonstration: three who sign in, and the others, each in a place and a language."""

from __future__ import annotations

from typing import Final

from demo.data_types import Someone

PASSWORD: Final = "one hour we all share"  # noqa: S105 - printed for every visitor of a demonstration

AMINA: Final = Someone("amina", "Africa/Cairo")
BO: Final = Someone("bo", "Europe/Copenhagen", email="bo@example.org")
DARIA: Final = Someone("daria", "Europe/Bratislava")

SIGN_INS: Final = {
    AMINA: "facilitates, in Cairo",
    BO: "a member, in Copenhagen",
    DARIA: "coordinates, and looks after this installation, in Bratislava",
}

OTHERS: Final = (
    Someone("felucca", "Africa/Cairo", "ar"),
    Someone("maresia", "Europe/Lisbon", "pt"),
    Someone("juniper", "Europe/Bratislava", "sk"),
    Someone("kalyna", "Europe/Kyiv", "uk"),
    Someone("fjordhorse", "Europe/Oslo"),
    Someone("gulab", "Asia/Tehran", "fa"),
    Someone("palmtree", "Africa/Lagos"),
    Someone("jasmin", "Africa/Cairo", "ar"),
    Someone("quintal", "America/Sao_Paulo", "pt"),
    Someone("guayaba", "America/Bogota", "es"),
    Someone("tilleul", "Europe/Brussels", "fr"),
    Someone("studnicka", "Europe/Bratislava", "sk"),
    Someone("lipa", "Europe/Prague", "cs"),
    Someone("kamzik", "Europe/Bratislava", "sk"),
    Someone("cesta", "Europe/Vienna", "sk"),
    Someone("lelechka", "Europe/Warsaw", "uk"),
    Someone("sonyah", "Europe/Kyiv", "uk"),
    Someone("voloshka", "Europe/Berlin", "uk"),
    Someone("kestrel", "Europe/London"),
    Someone("oatcake", "Europe/Dublin"),
    Someone("longshore", "America/New_York"),
    Someone("maplebench", "America/Toronto"),
    Someone("tuiwing", "Pacific/Auckland"),
    Someone("monsoon", "Asia/Kolkata"),
    Someone("acacia", "Africa/Nairobi"),
    Someone("harmattan", "Africa/Accra"),
    Someone("zaatar", "Asia/Amman", "ar"),
    Someone("sindbad", "Africa/Casablanca", "ar"),
    Someone("mishmish", "Asia/Beirut", "ar"),
    Someone("nargis", "Africa/Tunis", "ar"),
    Someone("anar", "Europe/Stockholm", "fa"),
    Someone("saffron", "Asia/Tehran", "fa"),
    Someone("shabdar", "Asia/Kabul", "fa"),
    Someone("caju", "America/Fortaleza", "pt"),
    Someone("andorinha", "Africa/Maputo", "pt"),
    Someone("colibri", "America/Mexico_City", "es"),
    Someone("tinto", "Europe/Madrid", "es"),
    Someone("hirondelle", "Africa/Dakar", "fr"),
    Someone("marelle", "Europe/Paris", "fr"),
    Someone("newmoon", "Asia/Riyadh", "ar"),
    Someone("papyrus", "Africa/Khartoum", "ar"),
    Someone("tamarind", "Europe/Berlin", "ar"),
)
