import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import {
  startLocalStack,
  type LocalStack,
  type LocalStackOptions,
} from '../../local/local-stack.ts'
import type { Finding } from '../../src/doctor/report.ts'

/** What the built doctor came to, run as a process of its own. */
export interface Visit {
  code: number | null
  /** Both outputs. */
  output: string
  /** What is not as it should be, without what the stand-ins are to blame for. */
  findings: Finding[]
}

/** One of many things that the doctor may be shown. */
export interface Patient extends Pick<LocalStackOptions, 'pool' | 'client'> {
  env?: Record<string, string>
  /** Makes something go wrong in what runs. */
  spoil?: (stack: LocalStack) => void
}

/** A pool and tenant with nothing wrong but what is given. */
export async function startPatient(t: Test, { pool, client, spoil }: Patient): Promise<LocalStack> {
  const stack = await startLocalStack({
    triggersDir: 'dist/triggers',
    pool: { ...pool },
    client: {
      authSessionValidityMinutes: 10,
      writeAttributes: ['name', 'given_name', 'family_name', 'nickname', 'locale', 'zoneinfo'],
      ...client,
    },
  })
  t.teardown(() => stack.close())
  spoil?.(stack)
  return stack
}

/** Runs it on a stack, with `--json`. */
export async function visit(
  { serviceEnv }: Pick<LocalStack, 'serviceEnv'>,
  env: Record<string, string> = {},
): Promise<Visit> {
  const { code, output, out } = await runDoctor(['--json'], {
    ...serviceEnv,
    COGNITO_AUTH_SESSION_MINUTES: '10',
    ...env,
  })
  const { checks }: { checks: Finding[] } = JSON.parse(out)
  return { code, output, findings: checks.filter(isNotable) }
}

function isNotable(finding: Finding): boolean {
  const isBad = /warning|problem/.test(finding.status) || 'couldNotCheck' in finding
  return isBad && finding.id !== 'config.endpoints'
}

export async function runDoctor(args: string[], variables: Record<string, string>) {
  const child = spawn(process.execPath, ['dist/doctor.mjs', ...args], {
    // The default chain would otherwise look for the credentials of a machine on AWS.
    env: { ...variables, AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  await once(child, 'close')
  return { code: child.exitCode, out, output: out + err }
}
