import { pino } from 'pino'
import { loggerOptions } from '../http/logging.ts'
import { currentRequest } from '../request-context.ts'
import type { Digest } from '../shared-state/digests.ts'
import { shownAddress, type AddressDetail } from './shown-address.ts'
import type { AuditEvent, RecordEvent } from './events.ts'

/** Enough that no two people share one (128 bits and more), and easier to read than all of it. */
const DIGEST_LENGTH = 22
const DIGESTS_KNOWN = 100

export interface AuditLogOptions {
  /** Names people; of a key of its own, so that nothing else that is kept can be joined with it. */
  digest: Digest
  address: AddressDetail
  /** Where the lines go; standard output when left out. */
  stream?: { write(line: string): void } | undefined
}

/**
 * Writes events among the other log lines, one each. At level info whatever LOG_LEVEL says: an audit
 * must not end because somebody wanted a quieter log.
 */
export function auditLog({ digest, address, stream }: AuditLogOptions): RecordEvent {
  const options = loggerOptions('info')
  const log = stream === undefined ? pino(options) : pino(options, stream)
  const short = remembering((purpose, text) => digest(purpose, text).slice(0, DIGEST_LENGTH))
  const addressOf = shownAddress(address, (ip) => short('address', ip))
  return (event) => {
    const request = currentRequest()
    log.info(
      {
        audit: true,
        requestId: request?.id,
        ...fieldsOf(event, short),
        address: addressOf(request?.ip),
      },
      'audit',
    )
  }
}

function fieldsOf({ facts, ...event }: AuditEvent, digest: Digest): object {
  const { username, typed, isBlocked: _isBlocked, startedAt, ruleIds = [], ...rest } = facts
  const isFinished = event.event === 'sign_in_finished' && startedAt !== undefined
  return {
    ...event,
    ...rest,
    ...(username === undefined ? {} : { user: digest('user', username) }),
    ...(typed === undefined ? {} : { identifier: digest('identifier', typed) }),
    ...(ruleIds.length === 0 ? {} : { ruleIds }),
    ...(isFinished ? { seconds: Math.round((Date.now() - startedAt) / 1000) } : {}),
  }
}

/** A request has several events, and a person several requests. */
function remembering(digest: Digest): Digest {
  const known = new Map<string, string>()
  return (purpose, text) => {
    const name = `${purpose} ${text}`
    const found = known.get(name)
    if (found !== undefined) return found
    const made = digest(purpose, text)
    if (known.size >= DIGESTS_KNOWN) known.clear()
    known.set(name, made)
    return made
  }
}
