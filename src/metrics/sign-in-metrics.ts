import type { AuditEvent, RecordEvent } from '../audit/events.ts'
import type { MetricKit } from './kit.ts'
import { EVENT_NAMES, FINDING_NAMES, FLOWS, OUTCOMES, STEPS } from './labels.ts'

const SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600]

/** Counts what the audit is told: the way from start to finish, and what else users did. */
export function signInMetrics(kit: MetricKit, now: () => number = Date.now): RecordEvent {
  const events = kit.counter({
    name: 'bff_events_total',
    help: 'Audit events.',
    labels: { event: EVENT_NAMES, outcome: OUTCOMES },
  })
  const steps = kit.counter({
    name: 'bff_sign_ins_total',
    help: 'Sign-ins by how far they came. retried: challenged once more after a refused proof.',
    labels: { flow: FLOWS, step: STEPS },
  })
  const findings = kit.counter({
    name: 'bff_findings_total',
    help: 'What was wrong with refused proofs and sessions.',
    labels: { finding: FINDING_NAMES },
  })
  const duration = kit.histogram({
    name: 'bff_sign_in_duration_seconds',
    help: 'From the start of a sign-in to its finish.',
    labels: {},
    buckets: SECONDS,
  })

  return (told) => {
    const { event, outcome, flow, finding, facts } = told
    events({ event, outcome })
    const step = stepOf(told)
    if (flow !== undefined && step !== undefined) steps({ flow, step })
    if (finding !== undefined) findings({ finding })
    if (step === 'finished' && facts.startedAt !== undefined) {
      duration({}, Math.max(0, now() - facts.startedAt) / 1000)
    }
  }
}

function stepOf({ event, operation }: AuditEvent): (typeof STEPS)[number] | undefined {
  switch (event) {
    case 'sign_in_started':
      return 'started'
    case 'sign_in_challenged':
      return operation === 'startSignIn' ? 'challenged' : 'retried'
    case 'sign_in_finished':
      return 'finished'
    case 'sign_in_failed':
      return 'failed'
    case 'sign_in_blocked':
      return 'blocked'
    default:
      return undefined
  }
}
