/** A user as Cognito knows them. */
export interface Account {
  sub: string
  username: string
  /** Named as the standard claims of OpenID Connect, which Cognito's attributes are. */
  attributes: Readonly<Record<string, string>>
}

/** An address in the words of Cognito's attributes. */
export interface AddressAttribute {
  name: 'email' | 'phone_number'
  value: string
}

/** The users' accounts in Cognito. Every method fails with a ServiceError `upstream_*` only. */
export interface Accounts {
  /** `refused`: the token is revoked or its user disabled. `gone`: its user is deleted. */
  find(
    accessToken: string,
    signal: AbortSignal,
  ): Promise<
    { outcome: 'account'; account: Account } | { outcome: 'refused' } | { outcome: 'gone' }
  >
  /**
   * Changes attributes with the user's own right; an empty text removes one. `invalid`: the pool's
   * schema does not take a value.
   */
  update(
    accessToken: string,
    attributes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<'done' | 'refused' | 'invalid'>
  /** Deletes the user with their own right. Done also when there is none any more. */
  delete(accessToken: string, signal: AbortSignal): Promise<'done' | 'refused'>
  /** True when another user holds the address as verified. With the service's right. */
  isHeldByAnother(address: AddressAttribute, sub: string, signal: AbortSignal): Promise<boolean>
  /**
   * Makes the address the user's, verified. With the service's right. `taken`: the pool has it as
   * another user's name.
   */
  setVerifiedAddress(
    username: string,
    address: AddressAttribute,
    signal: AbortSignal,
  ): Promise<'done' | 'taken' | 'gone'>
  /** Lets the user keep the address as one that nobody has proven. With the service's right. */
  setUnverified(
    username: string,
    name: AddressAttribute['name'],
    signal: AbortSignal,
  ): Promise<'done' | 'gone'>
}
