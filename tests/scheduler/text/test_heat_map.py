from __future__ import annotations

from scheduler.text.heat_map import busiest_in_words, heat_rows


def _by_hour(**numbers: int) -> list[list[int]]:
    """Return a map with numbers at ``d{day}h{hour}``."""
    by_hour = [[0] * 7 for _hour in range(24)]
    for place, number in numbers.items():
        day, hour = place[1:].split("h")
        by_hour[int(hour)][int(day)] = number
    return by_hour


def test_hours_without_a_number_are_one_row() -> None:
    rows = heat_rows(_by_hour(d5h13=9, d5h14=8), people=9)
    assert [row.label for row in rows] == ["00–12", "13", "14", "15–23"]
    assert [bool(row.cells) for row in rows] == [False, True, True, False]


def test_the_best_hours_are_marked_and_levels_go_from_five_people_to_all() -> None:
    (row,) = [row for row in heat_rows(_by_hour(d0h9=5, d1h9=7, d2h9=9), people=9) if row.cells]
    assert [cell.level for cell in row.cells[:3]] == [1, 3, 5]
    assert [cell.is_best for cell in row.cells[:4]] == [False, False, True, False]


def test_with_five_members_every_number_is_all_of_them() -> None:
    (row,) = [row for row in heat_rows(_by_hour(d0h9=5), people=5) if row.cells]
    assert row.cells[0].level == 5


def test_the_busiest_hours_are_one_sentence() -> None:
    said = busiest_in_words(_by_hour(d5h13=9, d5h14=9, d6h13=8))
    assert said == "Most people: Saturday 13:00–15:00, 9."
    assert busiest_in_words(_by_hour(d6h23=6)) == "Most people: Sunday 23:00–24:00, 6."
    assert busiest_in_words(_by_hour()) == ""
