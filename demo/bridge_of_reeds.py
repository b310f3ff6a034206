"""The organisation Bridge of Reeds in Cairo and its five groups."""

from __future__ import annotations

from datetime import time
from typing import Final

from demo.data_types import DemoGroup, DemoOrganisation, Policy

COFFEE_ON_THE_ROOF: Final = DemoGroup(
    name="قهوة على السطح",
    about=(
        "نلتقي كل أحد كما يلتقي الجيران على السطح بعد يوم طويل. نتكلم عن أيامنا في التعافي، "
        "أو نكتفي بالإصغاء. الاسم المستعار يكفي، والكاميرا اختيارية، وما يُقال هنا يبقى هنا."
    ),
    languages=("ar",),
    tz="Africa/Cairo",
    rule="FREQ=WEEKLY;BYDAY=SU",
    clock=time(20, 0),
    join_policy=Policy.APPROVAL,
    aliases={
        "amina": "أمينة",
        "zaatar": "نعناع",
        "sindbad": "بحّار",
        "mishmish": "ورد",
        "nargis": "قمر",
    },
    applicants={"newmoon": "هلال", "papyrus": "بردي", "tamarind": "تمر هندي"},
)

# Nairobi keeps no summer time: "in five minutes" is one wall-clock time there on every day.
FIRST_LIGHT: Final = DemoGroup(
    name="First Light",
    about=(
        "An early hour for people in recovery in East Africa, and for those further west who are "
        "still awake. We open with two minutes of quiet; then whoever wishes says how the week "
        "has been. Come as you are, with tea or without."
    ),
    languages=("en",),
    tz="Africa/Nairobi",
    rule="FREQ=WEEKLY;BYDAY=SA",
    clock=time(7, 0),
    aliases={
        "amina": "Amina",
        "bo": "Early Bo",
        "acacia": "Jacaranda",
        "harmattan": "Warm Wind",
        "monsoon": "Ginger Tea",
        "maplebench": "Still Awake",
        "kestrel": "Lapwing",
        "oatcake": "Blue Mug",
        "fjordhorse": "First Ferry",
        "andorinha": "Tern",
        "tinto": "Second Cup",
    },
)

THURSDAY_GARDEN: Final = DemoGroup(
    name="باغچهٔ پنج‌شنبه",
    about=(
        "هر پنج‌شنبه شب دور هم جمع می‌شویم و از روزهای بهبودی‌مان می‌گوییم. لازم نیست حرفی بزنید؛ "
        "شنیدن هم حضور است. نام مستعار کافی است و کسی دیگری را نصیحت نمی‌کند."
    ),
    languages=("fa",),
    tz="Asia/Tehran",
    rule="FREQ=WEEKLY;BYDAY=TH",
    clock=time(21, 0),
    join_policy=Policy.APPROVAL,
    aliases={
        "gulab": "گل سرخ",
        "anar": "نسیم",
        "saffron": "باران",
        "shabdar": "پرستو",
    },
)

BREAD_AND_PSALMS: Final = DemoGroup(
    name="Bread and Psalms",
    about=(
        "A faith-based hour. A psalm is read, and then we share how the week was, whatever we "
        "believe today. People of every church, and of none, are welcome; prayer is offered and "
        "never required."
    ),
    languages=("en",),
    tz="Africa/Lagos",
    rule="FREQ=WEEKLY;BYDAY=SU",
    clock=time(17, 0),
    aliases={
        "palmtree": "Psalm Thirty",
        "harmattan": "New Shoes",
        "acacia": "Ruth",
        "longshore": "Old Hymn",
        "andorinha": "Swallow",
        "oatcake": "Candle",
    },
)

HER_OWN_LAMP: Final = DemoGroup(
    name="مصباحها · Her Own Lamp",
    about=(
        "For women in recovery, in Arabic and English side by side. Every turn may be taken or "
        "passed on. Joining takes a code from one of us, so that each newcomer knows somebody.\n\n"
        "للنساء في طريق التعافي، بالعربية والإنجليزية معًا. لكل واحدة أن تتكلم أو تصمت."
    ),
    languages=("ar", "en"),
    tz="Africa/Cairo",
    rule="FREQ=WEEKLY;BYDAY=TU",
    clock=time(18, 30),
    capacity=8,
    join_policy=Policy.INVITATION,
    co_facilitators=("amina",),
    aliases={
        "jasmin": "Jasmine",
        "amina": "Amina",
        "nargis": "Moonflower",
        "mishmish": "Apricot",
        "monsoon": "Lotus",
        "acacia": "Marula",
    },
)

BRIDGE_OF_REEDS: Final = DemoOrganisation(
    name="Bridge of Reeds",
    country="EG",
    coordinator="felucca",
    groups=(COFFEE_ON_THE_ROOF, FIRST_LIGHT, THURSDAY_GARDEN, BREAD_AND_PSALMS, HER_OWN_LAMP),
)
