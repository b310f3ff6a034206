"""The organisation Open Window in Bratislava and its five groups."""

from __future__ import annotations

from datetime import time
from typing import Final

from demo.data_types import DemoGroup, DemoOrganisation, Policy

QUIET_KITCHEN: Final = DemoGroup(
    name="Tichá kuchyňa",
    about=(
        "Stretávame sa ako pri kuchynskom stole: jeden hovorí, ostatní počúvajú. Skupina nie je "
        "náboženská a nikomu nehovorí, akou cestou sa má vydať. Kamera môže ostať vypnutá "
        "a mlčať je tiež v poriadku."
    ),
    languages=("sk", "cs"),
    tz="Europe/Bratislava",
    rule="FREQ=WEEKLY;BYDAY=MO",
    clock=time(19, 30),
    capacity=10,
    join_policy=Policy.APPROVAL,
    aliases={
        "juniper": "Borievka",
        "studnicka": "Hrnček",
        "lipa": "Lipový čaj",
        "kamzik": "Tatranský vietor",
        "cesta": "Posledný vlak",
    },
)

COURTYARD: Final = DemoGroup(
    name="Вікно на подвір’я",
    about=(
        "Ми з різних міст і країн, а говоримо однією мовою. Можна прийти просто послухати. "
        "Тут не питають, скільки днів минуло; тут питають, як ви сьогодні."
    ),
    languages=("uk",),
    tz="Europe/Kyiv",
    rule="FREQ=WEEKLY;BYDAY=WE",
    clock=time(19, 0),
    minutes=75,
    aliases={
        "kalyna": "Калина",
        "lelechka": "Ластівка",
        "sonyah": "Ранкова кава",
        "voloshka": "Криниця",
        "kamzik": "Сусід",
    },
)

OTHER_CHAIR: Final = DemoGroup(
    name="The Other Chair",
    about=(
        "For people who love someone in recovery, or someone who uses opioids today. We talk "
        "about our own days: sleep, worry, boundaries, small good news. Nothing said here "
        "travels to the person it is about."
    ),
    languages=("en", "sk"),
    tz="Europe/Bratislava",
    rule="FREQ=WEEKLY;BYDAY=TH",
    clock=time(18, 0),
    minutes=90,
    join_policy=Policy.APPROVAL,
    aliases={
        "daria": "Daria",
        "kestrel": "Porch light",
        "lipa": "Teapot",
        "oatcake": "Second cup",
        "longshore": "Harbour",
        "monsoon": "Umbrella",
    },
    applicants={"marelle": "Armchair"},
)

STEADY_GROUND: Final = DemoGroup(
    name="Steady Ground",
    about=(
        "For people in recovery whose path includes medication such as methadone or "
        "buprenorphine, and for everyone who is glad of their company. What you take is between "
        "you and the person who prescribes it: nobody here counts, compares or advises."
    ),
    languages=("en",),
    tz="Europe/Copenhagen",
    rule="FREQ=WEEKLY;BYDAY=TU",
    clock=time(20, 0),
    capacity=8,
    aliases={
        "fjordhorse": "Fjord",
        "bo": "Bo",
        "kestrel": "Slow Train",
        "oatcake": "Kettle",
        "longshore": "Lighthouse",
        "maplebench": "First Snow",
        "tuiwing": "Tomorrow Already",
        "harmattan": "Sunday Shoes",
    },
)

FACILITATORS_GROUP: Final = DemoGroup(
    name="Those Who Hold the Lamp",
    about=(
        "Where people who facilitate are listened to for once. One of us brings a moment from a "
        "session that stayed with them, without names; the others think along. For facilitators "
        "of all our partner organisations, by invitation."
    ),
    languages=("en",),
    tz="Europe/Bratislava",
    rule="FREQ=MONTHLY;BYDAY=1FR",
    clock=time(16, 0),
    minutes=90,
    capacity=16,
    join_policy=Policy.INVITATION,
    is_listed=False,
    aliases={
        "daria": "Daria",
        "amina": "Amina",
        "juniper": "Juniper",
        "kalyna": "Kalyna",
        "fjordhorse": "Fjord",
        "palmtree": "Palm",
        "jasmin": "Jasmine",
        "gulab": "Rose water",
        "quintal": "Hammock",
        "guayaba": "Guava",
        "tilleul": "Linden",
    },
)

OPEN_WINDOW: Final = DemoOrganisation(
    name="Open Window",
    country="SK",
    coordinator="daria",
    groups=(QUIET_KITCHEN, COURTYARD, OTHER_CHAIR, STEADY_GROUND, FACILITATORS_GROUP),
)
