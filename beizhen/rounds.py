"""What the clock rings for, and how often: every sweep of the farm in one table."""

from typing import Any

from celery.schedules import crontab


def every(seconds: float, task: str) -> dict[str, Any]:
    """One beat entry per sweep; a bell nobody answers goes stale before the next one, so none pile up."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def at_night(minute: str, task: str) -> dict[str, Any]:
    """One beat entry at so many minutes past three."""
    return {"task": task, "schedule": crontab(hour="3", minute=minute), "options": {"expires": 3600}}


ROUNDS: dict[str, dict[str, Any]] = {
    "sweep": every(10, "farm.tasks.sweep"),
    "expire holds": every(10, "shop.tasks.expire_holds"),
    "ask about payments": every(20, "farm.tasks.ask_about_payments"),
    "ask for statements": every(1800, "farm.tasks.ask_for_statements"),
    "end lapsed offers of boxes": every(10, "shop.tasks.end_lapsed_offers"),
    "offer free boxes": every(15, "shop.tasks.offer_free_boxes"),
    "plan due days": every(60, "shop.tasks.plan_due_days"),
    "ask carriers": every(15, "shop.tasks.ask_carriers"),
    "tidy": at_night("40", "farm.tasks.tidy"),
    "tidy the shop": at_night("50", "shop.tasks.tidy"),
    "delete old labels": every(3600, "shop.tasks.delete_old_labels"),
    "make slots": every(3600, "tours.tasks.make_slots"),
    "decide slots": every(60, "tours.tasks.decide_slots"),
    "expire visits": every(10, "tours.tasks.expire_holds"),
    "carry on closures": every(10, "tours.tasks.carry_on_closures"),
    "expire changes of visits": every(15, "tours.tasks.expire_changes"),
    "end lapsed offers": every(15, "tours.tasks.end_lapsed_offers"),
    "offer free seats": every(30, "tours.tasks.offer_free_seats"),
    "remind of tomorrow": every(600, "tours.tasks.remind_of_tomorrow"),
    "mark who came": every(900, "tours.tasks.mark_who_came"),
}
