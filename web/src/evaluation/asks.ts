import type { EvaluationView } from '../wire'
import zh from './words.zh'

type Ask = keyof typeof zh.ask

/** What a session asks of its reader now, by a name that has words. */
export function askOf({ me }: EvaluationView): Ask {
  return me.ask in zh.ask ? (me.ask as Ask) : 'wait'
}
