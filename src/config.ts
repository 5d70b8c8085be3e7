import { VARIABLES } from './config-variables.ts'

type Variables = typeof VARIABLES
/** The service's configuration, read once; see `VARIABLES` for what each entry means. */
export type Config = Readonly<{ [Name in keyof Variables]: ReturnType<Variables[Name]['parse']> }>

/** Says what is wrong with the environment, one line per variable; never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** @throws ConfigError listing every problem at once */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries(VARIABLES)) {
    try {
      // Compose files and shells pass unset variables on as empty ones.
      values[name] = variable.parse(env[name]?.trim() || variable.default)
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  if (!isConfig(values)) throw new ConfigError(['internal: not every variable was read'])
  const mismatches = [regionMismatch(values), lookupMismatch(values)].filter(
    (mismatch) => mismatch !== undefined,
  )
  if (mismatches.length > 0) throw new ConfigError(mismatches)
  return Object.freeze(values)
}

function isConfig(values: Record<string, unknown>): values is Config & Record<string, unknown> {
  return Object.keys(VARIABLES).every((name) => name in values)
}

/** A pool id begins with its region; asking another region answers that the pool does not exist. */
function regionMismatch(config: Config): string | undefined {
  const [region] = config.COGNITO_USER_POOL_ID.split('_')
  return config.COGNITO_ENDPOINT === undefined && region !== config.AWS_REGION
    ? `AWS_REGION: the user pool is in ${region}, so this must be ${region}`
    : undefined
}

/** `sign-up` is for services without AWS credentials, which a lookup cannot do without. */
function lookupMismatch({ USERNAME_FORM, PROVISIONING }: Config): string | undefined {
  return USERNAME_FORM === 'lookup' && PROVISIONING === 'sign-up'
    ? 'USERNAME_FORM: lookup takes AWS credentials, so PROVISIONING must be create or none'
    : undefined
}
