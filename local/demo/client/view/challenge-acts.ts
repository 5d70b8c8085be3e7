import type { Challenge } from '../challenge/challenge.ts'
import type { ChallengeActs } from './challenge-view.ts'

/** What the person does, brought to the challenge that is being taken, if there still is one. */
export function actsOn(current: () => Challenge | undefined): ChallengeActs {
  return {
    onCode: (code) => void current()?.verify(code),
    onResend: () => void current()?.resend(),
    onConfirm: () => void current()?.confirm(),
    onRepeat: () => void current()?.repeat(),
    onChoose: (method) => void current()?.choose(method),
    onAnother: () => current()?.showChoice(),
  }
}
