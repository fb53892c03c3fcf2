"""Which schedule ends lowest, whether the constants stand on their floors, and what theory says of both."""

import math

import numpy as np

from gdcore.mini_batch_noise import predicted_floor
from gdcore.schedule_race import SCHEDULES, Race
from views.charts.shrink_frames import ranks
from views.numbers import plain
from views.text import Text

CONSTANT = ("small", "large", "best")
SMALL, LARGE, BEST = (SCHEDULES.index(name) for name in CONSTANT)
ARRIVED = 0.05  # the expected mean over the last quarter lies within this part of its floor
ERRORS = 3  # standard errors within which measured and predicted count as equal
HALF = 0.5  # of what is left is distance not yet covered: the schedule has shrunk too early
CLOSE = 1.5  # expected ends within this factor: the order is a matter of luck


def shrink_verdict(text: Text, race: Race, schedule: str, runs: int) -> str:
    """What this race shows and what theory says of it, in short paragraphs; `schedule` is the one that is shown."""
    if not race.settles:
        return "\n\n".join(_without_noise(text, race, schedule))
    said = [_winner(text, race, schedule, runs), _theory(text, race)]
    said += [_floor(text, race, line, runs) for line in (SMALL, LARGE)]
    if race.plan.small >= race.plan.large:
        said.append(text("verdict.shrink.no_smaller", large=plain(race.plan.large)))
    said += _too_early(text, race, schedule) + _left(text, race, schedule)
    return "\n\n".join(said)


def _name(text: Text, race: Race, line: int) -> str:
    """The name of a schedule; that of a constant with its α."""
    name = SCHEDULES[line]
    rates = {"small": race.plan.small, "large": race.plan.large, "best": race.plan.best}
    if name in rates:
        return text(f"verdict.shrink.name.{name}", alpha=plain(rates[name]))
    return text(f"option.schedule.{name}")


def _winner(text: Text, race: Race, schedule: str, runs: int) -> str:
    """Who ends lowest, and by what factor over its rivals."""
    places, ends = ranks(race), race.mean[-1]
    winner = int(places.argmin())
    numbers = {"name": _name(text, race, winner), "mean": plain(float(ends[winner]), 3), "steps": race.plan.steps}
    said = [text(f"verdict.shrink.{'wins' if runs > 1 else 'wins_alone'}", runs=runs, **numbers)]
    shrinking = [line for line, name in enumerate(SCHEDULES) if name not in CONSTANT]
    rivals = [SMALL, LARGE, BEST, SCHEDULES.index(schedule), min(shrinking, key=lambda line: places[line])]
    listed = [_multiple(text, race, line, winner) for line in dict.fromkeys(rivals) if line != winner]
    said.append(text("verdict.shrink.multiples"))
    return "\n".join([text.together(said), "", *(f"- {each}" for each in listed)])


def _theory(text: Text, race: Race) -> str:
    """Whether theory, which knows the mean over all mini-batches, expects the same winner."""
    winner, first = int(ranks(race).argmin()), int(race.expected[-1].argmin())
    said = [text("verdict.shrink.best_wins")] if winner == BEST else []
    mine, its = (float(race.expected[-1, line]) for line in (winner, first))
    if first == winner:
        return text.together([*said, text("verdict.shrink.agrees")])
    key = "luck" if mine < CLOSE * its else "disagrees"
    theory = {"other": _name(text, race, first), "mine": plain(mine, 3), "its": plain(its, 3)}
    return text.together([*said, text(f"verdict.shrink.{key}", **theory)])


def _multiple(text: Text, race: Race, line: int, winner: int) -> str:
    name = _name(text, race, line)
    if race.finite_steps[line] < race.plan.steps:
        return text("verdict.shrink.multiple_left", name=name, left=int(race.finite_steps[line]) + 1)
    return text(
        "verdict.shrink.multiple", name=name, times=plain(float(race.mean[-1, line] / race.mean[-1, winner]), 3)
    )


def _floor(text: Text, race: Race, line: int, runs: int) -> str:
    """Whether a constant learning rate stands on its floor, is still on its way, or has none."""
    noise, rate = race.noise, float(race.learning_rates[0, line])
    pull = rate * noise.curvature
    floor = float(predicted_floor(noise, rate).exact[0])
    name = _name(text, race, line)
    if rate >= noise.mean_square_limit:
        return _beyond(text, race, line, runs)
    quarter = race.expected[-1 - (race.plan.steps - 1) // 4 :, line].mean()
    factor = (1 - pull) ** 2 + rate**2 * noise.curvature_variance
    if abs(quarter - floor) > ARRIVED * floor:
        far = ARRIVED * floor / max(float(race.expected[0, line]), floor)
        numbers = {"contraction": plain(1 - pull), "needed": plain(math.ceil(math.log(far) / math.log(factor)), 2)}
        key = "arriving" if quarter > floor else "rising"
        return text(f"verdict.shrink.{key}", name=name, floor=plain(floor, 3), **numbers)
    late = race.late[line]
    numbers = {"name": name, "measured": plain(float(late.mean()), 3), "floor": plain(floor, 3)}
    if runs == 1:
        return text("verdict.shrink.settled_alone", **numbers)
    error = float(late.std(ddof=1)) / math.sqrt(runs)
    near = abs(late.mean() - floor) <= ERRORS * error + ARRIVED * floor
    return text(f"verdict.shrink.{'settled' if near else 'settled_off'}", error=plain(error, 2), **numbers)


def _beyond(text: Text, race: Race, line: int, runs: int) -> str:
    """A constant beyond the mean-square limit: what grows is the mean, carried by a few runs."""
    noise = race.noise
    limit = plain(noise.mean_square_limit * noise.curvature, 3)
    said = [text("verdict.shrink.beyond", name=_name(text, race, line), limit=limit)]
    if race.finite_steps[line] < race.plan.steps:
        said.append(text("verdict.shrink.beyond_left", left=int(race.finite_steps[line]) + 1))
    else:
        key = "beyond_runs" if runs > 1 else "beyond_alone"
        numbers = {"mean": plain(float(race.mean[-1, line]), 3), "high": plain(float(race.band[1, -1, line]), 3)}
        said.append(text(f"verdict.shrink.{key}", start=plain(float(race.mean[0, line]), 3), **numbers))
    return text.together(said)


def _too_early(text: Text, race: Race, schedule: str) -> list[str]:
    """Schedules that have shrunk before they arrived; the exponential, whose steps have a finite sum, by name."""
    with np.errstate(over="ignore"):  # a constant beyond its limit
        distance = 0.5 * race.noise.curvature * (race.offset * race.remaining) ** 2
    short = distance > HALF * race.expected[-1]
    said = []
    frozen = SCHEDULES.index("exponential")
    if short[frozen] and race.plan.rate < 1:
        # all the steps that could still follow multiply the distance by about exp(−Σ αλ)
        ahead = race.learning_rates[-1, frozen] * race.noise.curvature / (1 - race.plan.rate)
        numbers = {
            "left": _percent(race.remaining[frozen]),
            "ever": _percent(race.remaining[frozen] * math.exp(-ahead)),
        }
        said.append(text("verdict.shrink.frozen", **numbers))
    line = SCHEDULES.index(schedule)
    if short[line] and schedule not in (*CONSTANT, "exponential"):
        said.append(text("verdict.shrink.short", name=_name(text, race, line), left=_percent(race.remaining[line])))
    return said


def _percent(share: float) -> str:
    return plain(100 * float(share), 3)


def _left(text: Text, race: Race, schedule: str) -> list[str]:
    """How far the shown schedule flew before it came back, if its first steps were beyond the limit."""
    line = SCHEDULES.index(schedule)
    mean = race.mean[:, line]
    if schedule in CONSTANT or not np.isfinite(mean).all() or mean.max() <= 2 * mean[0]:
        return []
    top = int(mean.argmax())
    start, peak = plain(float(mean[0]), 3), plain(float(mean[top]), 3)
    return [text("verdict.shrink.flew", name=_name(text, race, line), start=start, peak=peak, step=top)]


def _without_noise(text: Text, race: Race, schedule: str) -> list[str]:
    """Without noise: in how many steps each gets to a millionth of the start, and that a constant wins."""
    if race.mean[0, 0] == 0:
        return [text("verdict.shrink.at_rest")]
    needed = np.where(race.reached_at < 0, np.inf, race.reached_at)
    shrinking = [line for line, name in enumerate(SCHEDULES) if name not in CONSTANT]
    fastest = min(shrinking, key=lambda line: float(needed[line]))
    mine = {"name": _name(text, race, BEST), "count": int(race.reached_at[BEST]), "steps": race.plan.steps}
    outcome = "constant_wins" if needed[BEST] < needed[fastest] else "constant_ties"
    if math.isinf(needed[BEST]):
        outcome = "nobody" if math.isinf(needed[fastest]) else "constant_loses"
    elif math.isinf(needed[fastest]):
        outcome = "constant_alone"
    elif needed[BEST] > needed[fastest]:
        outcome = "constant_loses"
    other = {"other": _name(text, race, fastest), "needed": int(race.reached_at[fastest])}
    said = [text("verdict.shrink.quiet"), text(f"verdict.shrink.{outcome}", **mine, **other)]
    lines = dict.fromkeys([SMALL, LARGE, SCHEDULES.index(schedule)])
    said.append(text.together(_arrival(text, race, line) for line in lines if line != BEST))
    return said + _left(text, race, schedule)


def _arrival(text: Text, race: Race, line: int) -> str:
    name, left = _name(text, race, line), int(race.finite_steps[line]) + 1
    if left <= race.plan.steps:
        return text("verdict.shrink.arrival_left", name=name, left=left)
    if race.reached_at[line] >= 0:
        return text("verdict.shrink.arrival", name=name, count=int(race.reached_at[line]))
    share = plain(float(race.mean[-1, line] / race.mean[0, line]), 3)
    return text("verdict.shrink.arrival_not", name=name, steps=race.plan.steps, share=share)
