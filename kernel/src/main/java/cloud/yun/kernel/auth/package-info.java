/// Who is asking: `Caller`. Identity makes one from a token (`Authenticator`); everybody else only reads it.
package cloud.yun.kernel.auth;
