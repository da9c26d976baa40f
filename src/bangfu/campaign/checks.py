"""What must hold between the cells of a campaign record, beyond types, keys and references of single columns."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.campaign.check_dates import dates_faults
from bangfu.campaign.check_funds import funds_faults
from bangfu.campaign.check_places import places_faults
from bangfu.campaign.check_sources import sources_faults
from bangfu.campaign.faulty import Tables, fault
from bangfu.errors import Fault


def check(tables: Tables) -> Iterator[Fault]:
    """Every fault between the cells of a record whose single cells and references hold."""
    yield from sources_faults(tables)
    yield from places_faults(tables["places"])
    yield from _actions(tables)
    yield from funds_faults(tables["funds"])
    yield from dates_faults(tables)


def _actions(tables: Tables) -> Iterator[Fault]:
    """An action has an actor, and a component if and only if its link says so."""
    acted = set(tables["action_actors"]["action_id"])
    nobody = "no actor; add a row to action_actors", "没有行动单位,请在 action_actors 补一行"
    loose = (
        "linked to a component, but none is given; fill in component_id, or say none or campaign",
        "标明有所属举措,却没有填写;请填 component_id,或改为 none、campaign",
    )
    bound = (
        "linked to no component, but one is given; say explicit or inferred, or leave component_id empty",
        "标明不属于任何举措,却填了举措;请改为 explicit 或 inferred,或清空 component_id",
    )
    actions = tables["actions"][["action_id", "component_id", "link"]]
    for row, (action, component, link) in enumerate(actions.itertuples(index=False), start=1):
        if action not in acted:
            yield fault("actions", "action_has_actor", nobody, "action_id", row, action)
        if (component is not None) != (link in ("explicit", "inferred")):
            words = loose if component is None else bound
            yield fault("actions", "link_fits_component", words, "link", row, link)
