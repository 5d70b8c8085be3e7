import type { UseCases } from '../app.ts'
import { ServiceError, type ErrorCode } from '../errors.ts'
import { currentRequest, note } from '../request-context.ts'
import type { AuditEvent, EventName, Outcome, RecordEvent } from './events.ts'
import type { Facts } from './facts.ts'
import {
  finishStepUpStory,
  finishStory,
  idTokenStory,
  passkeyStory,
  PLAIN_STORIES,
  refreshStory,
  startStepUpStory,
  startStory,
  type Story,
} from './stories.ts'
import { attemptNamedIn } from './token-words.ts'
import type { MacKey } from '../trigger-protocol/derived-key.ts'

/**
 * The same use cases, each of which leaves its events. Reading leaves none.
 * @param contextKey makes the digests of addresses that sealed sessions hold
 */
export function audited(useCases: UseCases, record: RecordEvent, contextKey: MacKey): UseCases {
  const watch = watcher(record)
  const plain = PLAIN_STORIES
  return {
    ...useCases,
    startSignIn: watch(startStory(contextKey), (...given) => useCases.startSignIn(...given)),
    finishSignIn: watch(finishStory, (...given) => useCases.finishSignIn(...given)),
    signInWithPasskey: watch(passkeyStory, (...given) => useCases.signInWithPasskey(...given)),
    signInWithIdToken: watch(idTokenStory, (...given) => useCases.signInWithIdToken(...given)),
    refreshTokens: watch(refreshStory, (...given) => useCases.refreshTokens(...given)),
    signOut: watch(plain.signOut, (...given) => useCases.signOut(...given)),
    signOutEverywhere: watch(plain.signOutEverywhere, (...given) =>
      useCases.signOutEverywhere(...given),
    ),
    updateMe: watch(plain.updateMe, (...given) => useCases.updateMe(...given)),
    deleteMe: watch(plain.deleteMe, (...given) => useCases.deleteMe(...given)),
    startEnrolment: watch(plain.startEnrolment, (...given) => useCases.startEnrolment(...given)),
    finishEnrolment: watch(plain.finishEnrolment, (...given) => useCases.finishEnrolment(...given)),
    removeAuthenticator: watch(plain.removeAuthenticator, (...given) =>
      useCases.removeAuthenticator(...given),
    ),
    startStepUp: watch(startStepUpStory, (...given) => useCases.startStepUp(...given)),
    finishStepUp: watch(finishStepUpStory, (...given) => useCases.finishStepUp(...given)),
  }
}

function watcher(record: RecordEvent) {
  return <Given extends unknown[], Result>(
    story: Story<Given, Result>,
    work: (...given: Given) => Promise<Result>,
  ): ((...given: Given) => Promise<Result>) =>
    async (...given) => {
      const { operation, flow } = story
      const tell = (event: EventName, outcome: Outcome, more?: Partial<AuditEvent>) => {
        const told = { event, operation, outcome, flow, facts: noted() }
        record(more === undefined ? told : { ...told, ...more })
      }

      if (story.knows !== undefined) note(story.knows(...given))
      if (story.begins !== undefined) tell(story.begins, 'ok')
      try {
        const result = await work(...given)
        if (story.shows !== undefined) note(story.shows(result, ...given))
        // A start that a rule blocks may look like any other.
        const isHidden = story.blocked !== undefined && noted().isBlocked === true
        if (isHidden) tell(story.blocked ?? story.failed, 'blocked', { hidden: true })
        else tell(story.done, 'ok')
        return result
      } catch (error) {
        tell(...failure(story, error))
        if (error instanceof ServiceError && error.retry !== undefined) {
          const idempotencyKey = attemptNamedIn(error.retry.token)
          if (idempotencyKey !== undefined) note({ idempotencyKey })
          tell('sign_in_challenged', 'ok')
        }
        throw error
      }
    }
}

function noted(): Facts {
  return currentRequest()?.facts ?? {}
}

function failure(
  story: Pick<Story<never, never>, 'failed' | 'blocked'>,
  error: unknown,
): [EventName, Outcome, Partial<AuditEvent>] {
  if (!(error instanceof ServiceError)) return [story.failed, 'error', { code: 'internal_error' }]
  const { code, reason, finding, retry } = error
  const outcome = outcomeOf(code)
  return [
    outcome === 'blocked' ? (story.blocked ?? story.failed) : story.failed,
    outcome,
    {
      code,
      ...(reason === undefined ? {} : { reason }),
      ...(finding === undefined ? {} : { finding }),
      ...(retry === undefined ? {} : { retry: true }),
    },
  ]
}

function outcomeOf(code: ErrorCode): Outcome {
  if (code === 'sign_in_blocked') return 'blocked'
  return code.startsWith('upstream_') ? 'error' : 'refused'
}
