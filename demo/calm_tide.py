"""The organisation Casa da Maré Mansa in Lisbon and its three groups."""

from __future__ import annotations

from datetime import time
from typing import Final

from demo.data_types import DemoGroup, DemoOrganisation, Policy

VERANDA: Final = DemoGroup(
    name="Roda da Varanda",
    about=(
        "Uma roda de conversa para quem está em recuperação, como numa varanda ao fim do dia. "
        "Cada pessoa fala no seu tempo e ninguém interrompe. Quem toma medicação receitada é "
        "tão bem-vindo como quem não toma."
    ),
    languages=("pt",),
    tz="America/Sao_Paulo",
    rule="FREQ=WEEKLY;BYDAY=WE",
    clock=time(20, 0),
    aliases={
        "quintal": "Rede",
        "caju": "Sabiá",
        "andorinha": "Mar calmo",
        "maresia": "Vento leste",
    },
)

COURTYARD_TABLE: Final = DemoGroup(
    name="La mesa del patio",
    about=(
        "Nos sentamos alrededor de una mesa imaginaria y cada quien cuenta cómo le fue en la "
        "semana. Aquí caben todos los caminos de recuperación, con medicación o sin ella. Puedes "
        "venir con la cámara apagada y solo escuchar."
    ),
    languages=("es",),
    tz="America/Bogota",
    rule="FREQ=WEEKLY;BYDAY=TH",
    clock=time(19, 0),
    join_policy=Policy.APPROVAL,
    aliases={
        "guayaba": "Guayaba",
        "colibri": "Farolito",
        "tinto": "Café con leche",
        "maplebench": "Arce",
    },
    applicants={"caju": "Hamaca"},
)

GREEN_BENCH: Final = DemoGroup(
    name="Le banc vert",
    about=(
        "Un banc, quelques voix, une heure par semaine. Le groupe est laïque : on n’y prie pas, "
        "on n’y prêche pas, on s’écoute. Venez pour parler, pour vous taire, ou pour ne pas "
        "rester sans compagnie."
    ),
    languages=("fr",),
    tz="Europe/Brussels",
    rule="FREQ=WEEKLY;BYDAY=FR",
    clock=time(18, 30),
    aliases={
        "tilleul": "Tilleul",
        "hirondelle": "Pirogue",
        "marelle": "Craie bleue",
        "zaatar": "Menthe",
        "fjordhorse": "Nordet",
    },
)

CALM_TIDE: Final = DemoOrganisation(
    name="Casa da Maré Mansa",
    country="PT",
    coordinator="maresia",
    groups=(VERANDA, COURTYARD_TABLE, GREEN_BENCH),
)
