import type { Backend } from './backend.ts'
import { stateOf } from './rules.ts'
import { moveTo, type Action } from './store/action.ts'
import { isEnrolled } from './store/authenticator.ts'
import type { UserRecord } from './store/user.ts'

/** A challenge can only be asked of a user who has something to answer it with (docs: faqs). */
export function decide({ rules, now }: Backend, user: UserRecord, action: Action): void {
  const rule = rules.match(action, user)
  const wanted = rule ? stateOf(rule) : 'CHALLENGE_REQUIRED'
  action.rules = rule ? [{ ruleId: rule.ruleId, name: rule.name ?? rule.outcome }] : []
  delete action.allowedMethods
  if (rule?.methods) action.allowedMethods = rule.methods
  moveTo(action, wanted === 'CHALLENGE_REQUIRED' && !isEnrolled(user) ? 'ALLOW' : wanted, now())
}
