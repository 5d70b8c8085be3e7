import type { SignInDeps, SignInSettings } from '../../src/sign-in/deps.ts'
import { lookalike } from '../../src/sign-in/lookalike.ts'
import type { MakeDecoy, PendingChallenge, Proofs, UserPool } from '../../src/sign-in/ports.ts'
import { sessionSealer } from '../../src/sign-in/sealed-session.ts'
import { writeExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'

export const HINT_KEY = Buffer.alloc(32, 7)
export const CONTEXT_KEY = Buffer.alloc(32, 8)
export const NOW = 1_700_000_000_000
export const SEALER = sessionSealer([Buffer.alloc(32, 9)], 'pool|client', () => NOW)

/** A made-up username, as Cognito gives it to users that do not exist: a UUID of version 3. */
export const NOBODY = '0b3b3b0c-1f6e-3c7e-8a5b-2f9d6c1e4a77'
export const ADA = '34c84488-f0b1-4d1c-9d1a-0e5f2f9d7c11'

/** What one call to a fake is answered with: an outcome, or the error it fails with. */
type Script<Method extends keyof UserPool> = (Awaited<ReturnType<UserPool[Method]>> | Error)[]

export interface FakeUserPool extends UserPool {
  /** Every call so far: the method and what it was given. */
  calls: [keyof UserPool, ...unknown[]][]
  names: () => (keyof UserPool)[]
  /** The deadline of each call. */
  signals: (AbortSignal | undefined)[]
}

/**
 * A user pool that answers from a script, in order; a call that is not in it fails. Without a script
 * for it, users are found by what they gave, which takes no call.
 */
export function scriptedUserPool(script: {
  find?: Script<'findUser'>
  begin?: Script<'beginChallenge'>
  answer?: Script<'answerChallenge'>
  create?: Script<'createUser'>
}): FakeUserPool {
  const calls: FakeUserPool['calls'] = []
  const signals: FakeUserPool['signals'] = []
  const [begin, answer, create] = [script.begin, script.answer, script.create].map((list) => [
    ...(list ?? []),
  ]) as [Script<'beginChallenge'>, Script<'answerChallenge'>, Script<'createUser'>]

  async function next<Outcome>(
    script: (Outcome | Error)[],
    signal: AbortSignal | undefined,
    ...call: FakeUserPool['calls'][number]
  ): Promise<Outcome> {
    calls.push(call)
    signals.push(signal)
    const answer = script.shift()
    if (answer === undefined) throw new Error(`${call[0]} was not expected now`)
    if (answer instanceof Error) throw answer
    return answer
  }

  const find = script.find && [...script.find]
  return {
    calls,
    findUser: async (identifier, signal) =>
      find === undefined
        ? { outcome: 'named', username: identifier.value }
        : next(find, signal, 'findUser', identifier),
    names: () => calls.map(([name]) => name),
    signals,
    beginChallenge: (username, signal) => next(begin, signal, 'beginChallenge', username),
    answerChallenge: (input, signal) => next(answer, signal, 'answerChallenge', input),
    createUser: (identifier, signal) => next(create, signal, 'createUser', identifier),
  }
}

/** A challenge of our create trigger, for a user that is known. */
export function challengeFor(
  username = ADA,
  parameters: Record<string, string> = {},
): { outcome: 'challenge'; challenge: PendingChallenge } {
  return {
    outcome: 'challenge',
    challenge: {
      cognitoSession: `session-of-${username}`,
      username,
      parameters: {
        USERNAME: username,
        token: 'a.real.token',
        url: 'https://mfa.example/a.real.token',
        hint: writeExistenceHint(HINT_KEY, true),
        ...parameters,
      },
    },
  }
}

/** A challenge of our create trigger for a user that does not exist. */
export function challengeForNobody(): ReturnType<typeof challengeFor> {
  return challengeFor(NOBODY, { hint: writeExistenceHint(HINT_KEY, false) })
}

/** A challenge of other people's triggers, which write no hint. */
export function foreignChallengeFor(
  username: string,
  parameters: Record<string, string> = { token: 'a.real.token' },
): ReturnType<typeof challengeFor> {
  return {
    outcome: 'challenge',
    challenge: {
      cognitoSession: `session-of-${username}`,
      username,
      parameters: { USERNAME: username, ...parameters },
    },
  }
}

/** A pool with PreventUserExistenceErrors off, in which nobody is found. */
export function userPoolWithNobody(): FakeUserPool {
  return scriptedUserPool({ begin: [{ outcome: 'no_such_user' }] })
}

/** A pool that knows the user and challenges at once. */
export function userPoolThatKnows(username = ADA): FakeUserPool {
  return scriptedUserPool({ begin: [challengeFor(username)] })
}

export interface TestDeps extends SignInDeps {
  userPool: FakeUserPool
  /** How long it slept, call by call. */
  slept: number[]
  /** What each decoy was asked for with. */
  decoys: Parameters<MakeDecoy>[0][]
}

export function testDeps(
  userPool: FakeUserPool,
  options: {
    settings?: Partial<SignInSettings>
    makeDecoy?: MakeDecoy
    proofs?: Proofs
    now?: () => number
  } = {},
): TestDeps {
  const slept: number[] = []
  const decoys: TestDeps['decoys'] = []
  const makeDecoy: MakeDecoy = options.makeDecoy ?? (async () => decoyChallenge(decoys.length))
  return {
    userPool,
    sealer: SEALER,
    lookalike: lookalike((decoy) => {
      decoys.push(decoy)
      return makeDecoy(decoy)
    }),
    keys: { hint: HINT_KEY, context: CONTEXT_KEY },
    proofs: options.proofs ?? {
      validate: async () => ({ isValid: false, state: 'CHALLENGE_REQUIRED' }),
      user: async () => ({}),
    },
    settings: {
      provisioning: 'create',
      answerFormat: 'raw',
      actionCode: 'cognitoAuth',
      sessionSeconds: 180,
      allowedRedirectUrls: ['https://app.example.com/callback'],
      blockedStarts: 'hide',
      floorMs: 0,
      upstreamTimeoutMs: 5_000,
      ...options.settings,
    },
    now: options.now ?? (() => NOW),
    sleep: async (ms) => {
      slept.push(ms)
    },
    slept,
    decoys,
  }
}

function decoyChallenge(count: number): { token: string; url: string } {
  return { token: `a.decoy.token${count}`, url: `https://mfa.example/a.decoy.token${count}` }
}
