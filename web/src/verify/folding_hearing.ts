import { bidderBehind } from './acting'
import type { Folds } from './fold'
import { idOf } from './hash'

/** What is drawn, said, confirmed, objected and answered. */
export const FOLDS_OF_THE_HEARING: Folds = {
  DrawSealed(opening, { event: { lot, person, signed } }) {
    opening.drawEnvelopes.set(`${lot}\n${person}`, signed.statement)
  },
  CoefficientDrawn(opening, { event: { lot, coefficient, value, envelopes, lottery } }) {
    const empty = envelopes.filter(({ fault }) => fault).map(({ person }) => person)
    opening.drawn.push({ lot, coefficient, value, empty, lottery: lottery !== null })
    if (lottery) opening.awaited.delete(idOf(lottery.statement))
  },
  LotteryCalled(opening, { event: { lot, envelopes } }) {
    opening.lotteries.set(lot, envelopes)
  },
  DepositNoted(opening, { event: { bid, deposit, signed } }) {
    const noted = opening.bids.get(bid)
    if (!noted) throw new Error(`there is no bid ${bid}`)
    Object.assign(noted, { deposit, depositNote: idOf(signed.statement) })
  },
  LineConfirmed(opening, { event: { bid } }) {
    opening.lineAnswers.set(bid, 'confirmed')
  },
  LineDisputed(opening, { event: { bid, number, name, text, signed }, at }) {
    opening.lineAnswers.set(bid, 'disputed')
    const raised = { number, name, text, bid, raisedAt: at, answer: null, answeredAt: null }
    opening.objections.set(idOf(signed.statement), raised)
  },
  ObjectionRaised(opening, { event: { number, name, text, signed }, at }) {
    const raised = { number, name, text, bid: null, raisedAt: at, answer: null, answeredAt: null }
    opening.objections.set(idOf(signed.statement), raised)
  },
  ObjectionAnswered(opening, { event: { number, text }, at }) {
    for (const raised of opening.objections.values()) {
      if (raised.number === number) Object.assign(raised, { answer: text, answeredAt: at })
    }
  },
  RecordSigned(opening, { event: { person, signed } }) {
    opening.signatures.add(bidderBehind(opening, person, signed))
  },
  RecordRefused(opening, { event: { person, signed } }) {
    opening.refusals.add(bidderBehind(opening, person, signed))
  },
}
