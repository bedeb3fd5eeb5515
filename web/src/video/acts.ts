/** What is handed in at the desk of a call. */

import { handedIn, type HandIn } from '../timeline/desk'

export const answerNotice = (desk: HandIn, agrees: boolean): Promise<void> => handedIn(desk, { type: 'AnswerNotice', agrees })
export const enterLobby = (desk: HandIn): Promise<void> => handedIn(desk, { type: 'EnterLobby' })
export const closeCall = (desk: HandIn): Promise<void> => handedIn(desk, { type: 'CloseCall' })

/** What a supervisor does with one seat. */
export type Directing = 'Admit' | 'MuteSeat' | 'UnmuteSeat' | 'RemoveSeat'

export const direct = (desk: HandIn, type: Directing, seat: string): Promise<void> => handedIn(desk, { type, seat })
