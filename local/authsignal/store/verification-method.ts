/** Alone in its file, so that the code of the pre-built UI page can name it as well. */
export type VerificationMethod =
  | 'EMAIL_OTP'
  | 'EMAIL_MAGIC_LINK'
  | 'SMS'
  | 'WHATSAPP'
  | 'AUTHENTICATOR_APP'
  | 'PASSKEY'
  | 'SECURITY_KEY'
