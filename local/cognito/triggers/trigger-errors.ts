import { AwsError } from '../protocol/errors.ts'
import { publicName, type TriggerName } from './trigger.ts'

/** The handler's own words reach the caller (aws-samples/amazon-cognito-passwordless-email-auth#17). */
export const triggerThrew = (trigger: TriggerName, message: string): AwsError =>
  new AwsError(
    'UserLambdaValidationException',
    `${publicName(trigger)} failed with error ${message}.`,
  )

/** furaiev/amazon-cognito-identity-dart-2#204; a crash is assumed to look the same. */
export const triggerGaveNoAnswer = (trigger: TriggerName): AwsError =>
  new AwsError(
    'UnexpectedLambdaException',
    `${publicName(trigger)} invocation failed due to error Socket timeout while invoking Lambda function.`,
  )

/** aws-amplify/amplify-js#4300 */
export const triggerNotConfigured = (): AwsError =>
  new AwsError('UnexpectedLambdaException', 'null invocation failed due to configuration.')

/** aws-amplify/amplify-cli#2735 */
export const notJson = (): AwsError =>
  new AwsError('InvalidLambdaResponseException', 'Invalid lambda function output : Invalid JSON')

/** amazon-archives/amazon-cognito-identity-js#167 */
export const unrecognizableOutput = (): AwsError =>
  new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
