import type { Clock } from '../../support/clock.ts'
import type { Pool } from '../pool.ts'
import { isRecord } from '../protocol/shape.ts'
import { functionTarget } from './function-target.ts'
import type { InvocationTarget, Outcome } from './outcome.ts'
import { SandboxPool } from './sandbox-pool.ts'
import * as triggerErrors from './trigger-errors.ts'
import {
  publicName,
  triggerNames,
  type TriggerEvent,
  type TriggerName,
  type Triggers,
} from './trigger.ts'

/** One invocation, so an event that was retried stands here several times. */
export interface Invocation {
  trigger: TriggerName
  event: TriggerEvent
  outcome: Outcome
  at: number
}

/** What differs from one kind of event to the next; the runner adds the envelope. */
export interface TriggerCall {
  source: string
  userName: string
  clientId: string
  request: Record<string, unknown>
  response: Record<string, unknown>
}

export interface TriggerRunnerOptions {
  pool: Pool
  clock: Clock
  triggers: Triggers
  timeoutMs: number
  onLog: (line: string) => void
}

const INVOCATIONS_KEPT = 10_000
// AWS docs: cognito-user-identity-pools-working-with-aws-lambda-triggers, three attempts in total.
const ATTEMPTS = 3

export class TriggerRunner {
  readonly invocations: Invocation[] = []
  #pool: Pool
  #clock: Clock
  #targets: Map<TriggerName, InvocationTarget>
  #closed = false

  constructor(options: TriggerRunnerOptions) {
    this.#pool = options.pool
    this.#clock = options.clock
    this.#targets = targetsOf(options)
  }

  has(trigger: TriggerName): boolean {
    return this.#targets.has(trigger)
  }

  /** The `response` the trigger gave; undefined when none is attached. */
  async runIfAttached(trigger: TriggerName, call: TriggerCall) {
    return this.has(trigger) ? this.run(trigger, call) : undefined
  }

  async run(trigger: TriggerName, call: TriggerCall): Promise<Record<string, unknown>> {
    const target = this.#targets.get(trigger)
    if (!target) throw triggerErrors.triggerNotConfigured()
    const event = this.#event(call)
    const text = JSON.stringify(event)
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#closed; attempt += 1) {
      const outcome = await target.invoke(text)
      this.#log({ trigger, event, outcome, at: this.#clock.now() })
      if (outcome.kind === 'answered') return responseIn(outcome.output)
      // An error is an answer; only silence is tried again.
      if (outcome.kind === 'threw') throw triggerErrors.triggerThrew(trigger, outcome.message)
    }
    throw triggerErrors.triggerGaveNoAnswer(trigger)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#targets.values()].map((target) => target.close()))
  }

  #event({ source, userName, clientId, request, response }: TriggerCall): TriggerEvent {
    return {
      version: '1',
      region: this.#pool.region,
      userPoolId: this.#pool.id,
      userName,
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
      triggerSource: source,
      request,
      response,
    }
  }

  #log(invocation: Invocation): void {
    this.invocations.push(structuredClone(invocation))
    if (this.invocations.length > INVOCATIONS_KEPT) this.invocations.shift()
  }
}

function targetsOf(options: TriggerRunnerOptions): Map<TriggerName, InvocationTarget> {
  const { pool, triggers, timeoutMs, onLog } = options
  const targets = new Map<TriggerName, InvocationTarget>()
  for (const name of triggerNames) {
    const trigger = triggers[name]
    if (typeof trigger === 'function') {
      targets.set(name, functionTarget(trigger, timeoutMs))
    } else if (trigger) {
      // Asked for at each cold start: the address is known only once the pool listens.
      const env = () => ({ ...lambdaEnvironment(pool, name), ...trigger.env })
      const log = (line: string) => onLog(`${publicName(name)}: ${line}`)
      targets.set(name, new SandboxPool({ file: trigger.file, env, timeoutMs, onLog: log }))
    }
  }
  return targets
}

function lambdaEnvironment(pool: Pool, name: TriggerName): Record<string, string> {
  return {
    AWS_REGION: pool.region,
    AWS_LAMBDA_FUNCTION_NAME: publicName(name),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // Leads the AWS SDKs, and whoever knows their variable, back to this pool.
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.endpoint,
  }
}

function responseIn(output: string): Record<string, unknown> {
  const answer: unknown = JSON.parse(output)
  if (answer === null) throw triggerErrors.notJson()
  if (!isRecord(answer) || !isRecord(answer['response'])) throw triggerErrors.unrecognizableOutput()
  return answer['response']
}
