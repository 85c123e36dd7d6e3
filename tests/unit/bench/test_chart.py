from __future__ import annotations

import xml.etree.ElementTree as ET

from bench.chart import Chart, svg

SVG = "{http://www.w3.org/2000/svg}"
COSTS = Chart("Cost <of> one", [50, 200, 500], "µs", {"wall": [100, 80, 75], "Postgres": [75, 75, 75]}, "nodes & more")


def drawn(chart: Chart = COSTS) -> ET.Element:
    return ET.fromstring(svg(chart))


def lines(root: ET.Element) -> list[list[tuple[float, float]]]:
    pairs = ([point.split(",") for point in line.attrib["points"].split()] for line in root.iter(f"{SVG}polyline"))
    return [[(float(x), float(y)) for x, y in line] for line in pairs]


def test_chart_names_what_it_shows_and_its_sizes() -> None:
    texts = [text.text for text in drawn().iter(f"{SVG}text")]
    assert {"Cost <of> one", "nodes & more", "50", "200", "500", "wall: 75 µs", "Postgres: 75 µs"} <= {*texts}


def test_chart_goes_to_the_right_and_what_costs_less_is_lower() -> None:
    wall, postgres = lines(drawn())
    assert [x for x, _ in wall] == sorted(x for x, _ in wall) == [x for x, _ in postgres]
    assert wall[0][1] < wall[1][1] < wall[2][1] == postgres[0][1] == postgres[2][1]


def test_chart_of_one_value_is_drawn() -> None:
    assert len(lines(drawn(Chart("Same", [1, 10], "ms", {"flat": [10, 10]})))) == 1


def test_chart_names_that_would_meet_are_moved_apart() -> None:
    names = [text for text in drawn().iter(f"{SVG}text") if text.get("class") == "name"]
    first, second = sorted(float(text.attrib["y"]) for text in names)
    assert second - first >= 15
