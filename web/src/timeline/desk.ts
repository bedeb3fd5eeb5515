import { inject, provide, type InjectionKey } from 'vue'
import type { EvaluationCommand, OpeningCommand, Refusal, VideoCommand } from '../wire'
import { Refused } from './refused'

/** A command was carried out: the entries that it made, of those the sender may know. None if it was a repetition. */
interface Done {
  readonly ok: true
  readonly entries: readonly { readonly seq: number; readonly type: string }[]
}

export type Answer = Done | (Refusal & { readonly ok: false })

type Command = OpeningCommand | EvaluationCommand | VideoCommand

/** Hands a command in at the desk of this page's session, and again until it is answered. Never throws. */
export type HandIn = (command: Command) => Promise<Answer>

/** Hand in; Refused if it was. */
export async function handedIn(handIn: HandIn, command: Command): Promise<void> {
  const answer = await handIn(command)
  if (!answer.ok) throw new Refused(answer)
}

const DESK: InjectionKey<HandIn> = Symbol('desk')

/** Everything inside this component hands in here. */
export function provideDesk(handIn: HandIn): void {
  provide(DESK, handIn)
}

/** The desk of the session that this component is shown in. */
export function useDesk(): { readonly handIn: HandIn } {
  const handIn = inject(DESK)
  if (!handIn) throw new Error('no session is shown here')
  return { handIn }
}
