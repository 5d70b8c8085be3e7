import { AwsError } from '../protocol/errors.ts'

// The default policy: eight characters and one of each class.
// AWS docs: user-pool-settings-policies list the symbols that count.
const RULES: [RegExp, string][] = [
  [/^.{8,}$/su, 'Password not long enough'],
  [/[a-z]/, 'Password must have lowercase characters'],
  [/[A-Z]/, 'Password must have uppercase characters'],
  [/\d/, 'Password must have numeric characters'],
  [/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/, 'Password must have symbol characters'],
]

export function checkPassword(password: string): void {
  const broken = RULES.find(([pattern]) => !pattern.test(password))
  if (broken) {
    throw new AwsError(
      'InvalidPasswordException',
      `Password did not conform with policy: ${broken[1]}`,
    )
  }
}
