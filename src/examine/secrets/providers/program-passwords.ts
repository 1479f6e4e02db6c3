/** Passwords that programs and their build files give to well-known interfaces. */
import { doubtPassword, isWritten } from './password-checks.ts';
import { isPassword } from './passwords.ts';
import type { PatternToken, Provider } from './provider.ts';

const CHANGE = 'Change the password';

const PASSWORD: Pick<PatternToken, 'accepts' | 'doubt' | 'redact'> = {
  accepts: (password) => isPassword(password) && isWritten(password),
  doubt: doubtPassword,
  redact: () => '****',
};

/** A string of a program, in either quotes; the last one is the secret. */
const STRING = String.raw`(?:@?"[^"\n]{1,128}"|'[^'\n]{1,128}')`;

export const PROGRAM_PASSWORD_PROVIDERS: readonly Provider[] = [
  {
    id: 'dotnet-credential',
    title: 'Password of a credential in a .NET program or script',
    gives: 'log in as the user that stands before it',
    revoke: CHANGE,
    reference: 'https://learn.microsoft.com/dotnet/api/system.net.networkcredential',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: 'NetworkCredential(' }, { text: 'DirectoryEntry(' }],
        before: 1,
        after: 480,
        pattern: new RegExp(
          String.raw`(?:NetworkCredential\(|DirectoryEntry\(\s{0,40}${STRING},)\s{0,40}${STRING}\s{0,4},\s{0,40}@?["']([^"'\n]{3,128})["']`,
          'g',
        ),
      },
      {
        ...PASSWORD,
        // <add key="MailPassword" value="…"/> of app.config and web.config.
        literals: [{ text: 'password" value="', ignoreCase: true }],
        before: 80,
        after: 140,
        pattern: /<add\s{1,4}key="[\w.:-]{0,60}password"\s{1,4}value="([^"<>\n]{3,128})"/gi,
      },
    ],
  },
  {
    id: 'phpmailer-password',
    title: 'Mail password in a PHP program',
    gives: 'send and perhaps read mail as the account',
    revoke: CHANGE,
    reference: 'https://github.com/PHPMailer/PHPMailer/wiki/Tutorial',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: '->Password' }],
        before: 1,
        after: 160,
        pattern: /->Password\s{0,20}=\s{0,4}["']([^"'\n]{3,128})["']/g,
      },
    ],
  },
  {
    id: 'script-database-password',
    title: 'Database password in a script',
    gives: 'log in to the database',
    revoke: CHANGE,
    reference: 'https://www.php.net/manual/en/mysqli.construct.php',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        ...PASSWORD,
        // $host = …; $user = …; $password = …; of PHP and Perl.
        literals: ['$password', '$passwd', '$pass ', '$pass=', '$db_pass', '$dbpass'].map((text) => ({ text })),
        before: 400,
        after: 120,
        pattern:
          /\$(?:db_?)?(?:host(?:name)?|server(?:name)?|user(?:name)?|database|name)[ \t]{0,20}=[^\0]{1,300}?\$(?:db_?)?(?:password|passwd|pass(?:word)?)[ \t]{0,20}=[ \t]{0,4}\\?["']?([^\s"'$;\\(),]{3,128})\\?["']?[ \t]{0,4};/g,
      },
    ],
  },
  {
    id: 'gradle-repository-password',
    title: 'Password of a repository in a Gradle build',
    gives: 'read and publish packages as far as the account may',
    revoke: CHANGE,
    reference: 'https://docs.gradle.org/current/userguide/supported_repository_protocols.html',
    severity: 'high',
    formats: [
      {
        ...PASSWORD,
        literals: [{ text: 'credentials {' }],
        before: 1,
        after: 640,
        accepts: isPassword,
        doubt: (password) =>
          doubtPassword(password) ?? (isWritten(password) ? null : 'it is the name of what stands for one'),
        pattern: /(?<!\w)credentials \{[^{}\0]{0,400}?\bpassword\s{0,2}=?\s{0,2}["']([^"'\n$]{3,128})["']/g,
      },
    ],
  },
  {
    id: 'psexec-password',
    title: 'Password given to PsExec',
    gives: 'run programs on the machine as the account',
    revoke: CHANGE,
    reference: 'https://learn.microsoft.com/sysinternals/downloads/psexec',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        ...PASSWORD,
        accepts: isPassword,
        literals: [{ text: 'psexec', ignoreCase: true }],
        before: 1,
        after: 320,
        pattern:
          /psexec(?:64)?(?:\.exe)?\s[^\n|;&]{0,160}?\s-u\s{1,4}[^\s]{1,80}\s{1,4}-p\s{1,4}["']?([^\s"'<>|;&]{3,128})/gi,
      },
    ],
  },
];
