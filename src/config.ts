import { VARIABLES } from './config-variables.ts'
import { readSecretFile } from './secret-file.ts'

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
    const source = isSecret(variable) && given(env, fileOf(name)) ? fileOf(name) : name
    try {
      values[name] = variable.parse(textOf(source, name, env) || variable.default)
    } catch (error) {
      problems.push(`${source}: ${error instanceof Error ? error.message : 'cannot be read'}`)
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

/** The variable that names a file instead of holding the secret itself. */
export function fileOf(name: string): string {
  return `${name}_FILE`
}

export function isSecret(variable: object): boolean {
  return 'isSecret' in variable
}

/** Compose files and shells pass unset variables on as empty ones. */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

function textOf(source: string, name: string, env: NodeJS.ProcessEnv): string | undefined {
  const text = given(env, source)
  if (source === name || text === undefined) return text
  if (given(env, name) !== undefined) throw new Error(`${name} is set too; keep one of the two`)
  return readSecretFile(text)
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
