"""What came, what is missing, what is asked for."""

from remote_bid.video.media.intake import GIVE_UP_S, MOST_MISSING, REPEAT_S, Intake


def an_intake(*seqs: int) -> Intake:
    intake = Intake(1, 90_000, repairs=True)
    for at, seq in enumerate(seqs):
        intake.take(seq, at * 3000, at / 30)
    return intake


def test_a_hole_is_asked_for_at_once() -> None:
    assert an_intake(10).take(13, 0, 0.0) == (True, [11, 12])


def test_a_hole_is_asked_for_again_until_it_is_filled() -> None:
    intake = an_intake(10, 12)
    assert intake.ask_again(REPEAT_S / 2) == ([], False)
    assert intake.ask_again(1 / 30 + REPEAT_S) == ([11], False)
    assert intake.ask_again(1 / 30 + 2.01 * REPEAT_S) == ([11], False)
    assert intake.take(11, 0, 0.3) == (True, [])
    assert intake.ask_again(0.6) == ([], False)


def test_it_is_given_up_in_the_end() -> None:
    assert an_intake(10, 12).ask_again(GIVE_UP_S + 0.1) == ([], True)


def test_a_packet_counts_once() -> None:
    intake = an_intake(10, 12)
    assert intake.take(12, 0, 0.1) == (False, [])
    assert intake.take(11, 0, 0.1) == (True, [])
    assert intake.take(11, 0, 0.1) == (False, [])


def test_numbers_go_round() -> None:
    intake = an_intake(65_534, 65_535, 0, 1)
    account = intake.account()
    assert account
    assert (account.share, account.lost, account.highest) == (0.0, 0, 65_537)


def test_a_break_is_no_list_of_losses() -> None:
    intake = an_intake(10)
    assert intake.take(10 + MOST_MISSING + 100, 0, 0.0) == (True, [])
    assert intake.broken()
    assert not intake.broken()
    assert intake.ask_again(0.5) == ([], False)


def test_the_share_lost_is_of_the_time_since_the_last_report() -> None:
    intake = an_intake(1, 2, 4)
    first = intake.account()
    for seq in range(5, 9):
        intake.take(seq, 0, 0.0)
    second = intake.account()
    assert first
    assert second
    assert (first.share, second.share, second.lost) == (0.25, 0.0, 1)


def test_a_voice_is_not_asked_for_again() -> None:
    voice = Intake(1, 48_000, repairs=False)
    voice.take(1, 0, 0.0)
    assert voice.take(4, 0, 0.0) == (True, [])
    assert voice.take(3, 0, 0.0) == (True, [])
