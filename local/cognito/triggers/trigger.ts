export const triggerNames = [
  'defineAuthChallenge',
  'createAuthChallenge',
  'verifyAuthChallengeResponse',
  'preSignUp',
  'postAuthentication',
  'preTokenGeneration',
] as const

export type TriggerName = (typeof triggerNames)[number]

/** As error texts and `triggerSource` spell it. */
export const publicName = (name: TriggerName): string =>
  name.charAt(0).toUpperCase() + name.slice(1)

/** A built bundle run in a worker thread with its own environment, as Lambda would, or a function. */
export type Trigger =
  | { file: string; env: Record<string, string> }
  // oxlint-disable-next-line typescript/no-explicit-any -- handlers bring their own event types
  | ((event: any) => unknown)

export type Triggers = Partial<Record<TriggerName, Trigger>>

/** The shape every trigger is called with (amplify-js#3159, aws-amplify/aws-sdk-ios#3488). */
export interface TriggerEvent {
  version: '1'
  region: string
  userPoolId: string
  userName: string
  callerContext: { awsSdkVersion: string; clientId: string }
  triggerSource: string
  request: Record<string, unknown>
  response: Record<string, unknown>
}
