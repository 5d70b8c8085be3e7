import { parseArgs } from 'node:util'
import { ConfigError, parseConfig, type Config } from '../config.ts'
import { CHECKS } from './checks.ts'
import { look } from './look/look.ts'
import { asJson, asText, EXIT, exitOf, findings, type Exit } from './report.ts'

const USAGE = `Usage: doctor [--json]

Checks the user pool, the Authsignal tenant and the configuration that the service would use, and
changes nothing. Takes the service's environment; see docs/doctor.md.

Ends with 0 when nothing is wrong, 1 when there are problems, 2 when something could not be checked.
`

export interface Streams {
  out: (text: string) => void
  err: (text: string) => void
}

/** @returns what the process is to end with */
export async function doctor(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { out, err }: Streams,
): Promise<Exit> {
  const options = readOptions(args)
  if (options === undefined) {
    err(USAGE)
    return EXIT.couldNotCheck
  }
  if (options.help) {
    out(USAGE)
    return EXIT.healthy
  }
  const config = readConfig(env)
  if (config instanceof ConfigError) {
    const exitStatus = EXIT.couldNotCheck
    if (options.json) out(`${JSON.stringify({ exitStatus, configuration: config.problems })}\n`)
    const lines = config.problems.map((line) => `  ${line}\n`).join('')
    err(`The configuration is not usable:\n${lines}See docs/configuration.md.\n`)
    return exitStatus
  }
  const found = findings(CHECKS, await look(config))
  out(options.json ? asJson(found, config) : asText(found, config))
  return exitOf(found)
}

function readOptions(args: readonly string[]): { json: boolean; help: boolean } | undefined {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({ args: [...args], options: { json: flag, help: flag } }).values
  } catch {
    return undefined
  }
}

function readConfig(env: NodeJS.ProcessEnv): Config | ConfigError {
  try {
    return parseConfig(env)
  } catch (error) {
    return error instanceof ConfigError ? error : new ConfigError(['cannot be read'])
  }
}
