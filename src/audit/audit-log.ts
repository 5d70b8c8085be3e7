import { pino } from 'pino'
import { loggerOptions } from '../http/logging.ts'
import { currentRequest } from '../request-context.ts'
import type { Digest } from '../shared-state/digests.ts'
import { shownAddress, type AddressDetail } from './shown-address.ts'
import type { AuditEvent, RecordEvent } from './events.ts'
import type { FIELDS } from './fields.ts'

/** Enough that no two people share one (128 bits and more), and easier to read than all of it. */
const DIGEST_LENGTH = 22
/** Of each purpose. */
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
  return (event) => log.info(lineOf(event, short, addressOf), 'audit')
}

/** What is undefined is not written. One literal: to spread the parts would take as long as to log it. */
function lineOf(
  event: AuditEvent,
  digest: Digest,
  addressOf: (ip: string | undefined) => string | undefined,
) {
  const { facts } = event
  const { username, typed, startedAt, ruleIds = [] } = facts
  const request = currentRequest()
  const isFinished = event.event === 'sign_in_finished' && startedAt !== undefined
  return {
    audit: true,
    requestId: request?.id,
    event: event.event,
    operation: event.operation,
    outcome: event.outcome,
    flow: event.flow,
    code: event.code,
    reason: event.reason,
    finding: event.finding,
    retry: event.retry,
    hidden: event.hidden,
    user: username === undefined ? undefined : digest('user', username),
    identifier: typed === undefined ? undefined : digest('identifier', typed),
    identifierKind: facts.identifierKind,
    idempotencyKey: facts.idempotencyKey,
    ruleIds: ruleIds.length === 0 ? undefined : ruleIds,
    verificationMethod: facts.verificationMethod,
    provider: facts.provider,
    action: facts.action,
    state: facts.state,
    seconds: isFinished ? Math.round((Date.now() - startedAt) / 1000) : undefined,
    address: addressOf(request?.ip),
  } satisfies Record<Exclude<keyof typeof FIELDS, 'time'>, unknown>
}

/** A request has several events, and a person several requests. */
function remembering(digest: Digest): Digest {
  const known = new Map<string, Map<string, string>>()
  return (purpose, text) => {
    let digests = known.get(purpose)
    if (digests === undefined) known.set(purpose, (digests = new Map()))
    let made = digests.get(text)
    if (made === undefined) {
      made = digest(purpose, text)
      if (digests.size >= DIGESTS_KNOWN) digests.clear()
      digests.set(text, made)
    }
    return made
  }
}
