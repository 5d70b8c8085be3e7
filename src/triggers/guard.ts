import { ServiceError } from '../errors.ts'
import { TRIGGER_ERRORS } from '../trigger-protocol/words.ts'
import { log } from './log.ts'
import { TRIGGER_DEADLINE_MS } from './settings.ts'

/**
 * Runs a trigger within its deadline and lets nothing but a constant escape. Cognito hands the text
 * of whatever is thrown to the caller of its public API.
 */
export async function guarded<Event>(trigger: string, work: () => Promise<Event>): Promise<Event> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ServiceError('upstream_timeout')), TRIGGER_DEADLINE_MS)
  })
  try {
    return await Promise.race([work(), deadline])
  } catch (error) {
    throw constantError(trigger, error)
  } finally {
    clearTimeout(timer)
  }
}

function constantError(trigger: string, error: unknown): Error {
  const known = error instanceof ServiceError ? error : undefined
  const [text] = Object.entries(TRIGGER_ERRORS).find(([, code]) => code === known?.code) ?? []
  log('error', 'trigger failed', {
    trigger,
    code: known?.code ?? 'internal_error',
    ...(known?.upstream ?? { type: error instanceof Error ? error.name : typeof error }),
  })
  const constant = new Error(text ?? 'UPSTREAM_ERROR')
  // Lambda logs the stack, where ours says nothing new; but without one its runtime replaces the
  // text of the error with its own (aws-lambda-ric, toRapidResponse).
  constant.stack = `Error: ${constant.message}`
  return constant
}
