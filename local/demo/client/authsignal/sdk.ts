/** The part of the Authsignal browser SDK in use here, loose enough for what it really answers. */
export interface AuthsignalSdk {
  /** Of this browser, in a cookie; Authsignal's rules about new devices go by it. */
  anonymousId: string
  /** Kept in the module for as long as the page lives: one token at a time. */
  setToken(token: string): void
  email: OneTimeCode & { enroll(params: { email: string }): Promise<SdkAnswer> }
  sms: OneTimeCode & { enroll(params: { phoneNumber: string }): Promise<SdkAnswer> }
  whatsapp: OneTimeCode
  emailML: { challenge(): Promise<SdkAnswer> }
  totp: {
    enroll(): Promise<SdkAnswer>
    verify(params: { code: string }): Promise<SdkAnswer>
  }
  passkey: {
    signIn(params: { token: string } | { action: string; autofill?: boolean }): Promise<SdkAnswer>
    signUp(params: { token: string }): Promise<SdkAnswer>
  }
  securityKey: { enroll(): Promise<SdkAnswer>; verify(): Promise<SdkAnswer> }
  launch(url: string, options: { mode: 'redirect' }): undefined
  launch(url: string, options: PopupOptions): Promise<{ token?: string }>
  launch(url: string, options: WindowOptions): Promise<{ token?: string }>
}

export interface OneTimeCode {
  challenge(): Promise<SdkAnswer>
  verify(params: { code: string }): Promise<SdkAnswer>
}

interface PopupOptions {
  mode: 'popup'
  popupOptions?: { width?: string }
  onError?: OnError
}

interface WindowOptions {
  mode: 'window'
  onError?: OnError
}

type OnError = (error: { errorCode?: string }) => void

export interface SdkAnswer {
  data?: unknown
  error?: string | undefined
  errorCode?: string | undefined
}
