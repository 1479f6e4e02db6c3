/** Passwords given to commands: in scripts, shell histories, and the history of images. */
import { doubtHost, doubtPassword, isWritten } from './password-checks.ts';
import type { Provider } from './provider.ts';

/** Between a command and its options: no end of the command. */
const OPTIONS = String.raw`[^\n|;&]{0,300}?`;
/** A value that is no variable. */
const VALUE = String.raw`["']?([^\s"'$\`|;&<>(){}\\]{3,128})`;

export const COMMAND_LINE_PROVIDERS: readonly Provider[] = [
  {
    id: 'account-password-command',
    title: 'Password of an account, set by a command',
    gives: 'log in to a container of the image, or to whatever else has the password',
    revoke: 'Change the password, and lock accounts that nobody logs in to: usermod --lock',
    reference: 'https://man7.org/linux/man-pages/man8/chpasswd.8.html',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'chpasswd' }],
        before: 160,
        after: 0,
        pattern:
          /echo(?:[ \t]{1,4}-[en]{1,2})?[ \t]{1,4}["']?[a-z_][\w.-]{0,31}:([^\s"'$`|;&<>(){}]{1,128})["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?(?:\/usr\/sbin\/)?chpasswd/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'command-line-password',
    title: 'Password given to a command',
    gives: 'log in where the command goes',
    revoke: 'Change the password, and give it to the command in a file, or by a mounted secret when building',
    reference: 'https://owasp.org/www-community/vulnerabilities/Password_Plaintext_Storage',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        literals: [{ text: 'curl ' }],
        before: 1,
        after: 640,
        pattern: new RegExp(
          String.raw`(?<![\w-])curl ${OPTIONS}(?:-u|--user|--proxy-user)[ =]{0,2}["']?[^\s"'$:<>{}]{1,64}:([^\s"'$\`|;&<>(){}\\]{3,128})`,
          'g',
        ),
        accepts: isWritten,
        doubt: (password, match) =>
          doubtPassword(password) ?? doubtHost(/https?:\/\/([^\s/:]{1,255})/.exec(match?.[0] ?? '')?.[1] ?? ''),
        redact: () => '****',
      },
      {
        literals: [{ text: 'wget ' }],
        before: 1,
        after: 480,
        pattern: new RegExp(String.raw`(?<![\w-])wget ${OPTIONS}--(?:http-|ftp-|proxy-)?password[ =]${VALUE}`, 'g'),
        accepts: isWritten,
        doubt: doubtPassword,
        redact: () => '****',
      },
      {
        literals: [{ text: 'sshpass ' }],
        before: 1,
        after: 200,
        pattern: new RegExp(String.raw`(?<![\w-])sshpass -p[ ]{0,2}${VALUE}`, 'g'),
        accepts: isWritten,
        doubt: doubtPassword,
        redact: () => '****',
      },
      {
        literals: ['docker login ', 'podman login ', 'helm registry login '].map((text) => ({ text })),
        before: 1,
        after: 480,
        pattern: new RegExp(
          String.raw`(?<![\w-])(?:docker|podman|helm registry) login ${OPTIONS}(?:-p|--password)[ =]${VALUE}`,
          'g',
        ),
        accepts: isWritten,
        doubt: doubtPassword,
        redact: () => '****',
      },
    ],
  },
];
