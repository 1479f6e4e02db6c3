import { createHash } from 'node:crypto';

/**
 * Secrets that everybody has, by their SHA-256: those of programs that are given to everyone, and examples of
 * manuals that look like real ones. They come with packages, and open nothing.
 */
const PUBLISHED: Readonly<Record<string, string>> = {
  f0386f9be1fe905fb2f97a8daff11a9baa9988ceca7c2ecae4aec8db182db1b4: 'the OAuth client of gcloud, which all users share',
  '456a51b1f1b3cf3ed76de579926f0727797eb6efb4b7e6a53c74f9a94c95d87a':
    'the OAuth client of gcloud, which all users share',
  '486743a2eab4395e9aa988000e855c5291ce88be9dda6adb680537076941c28d': 'the OAuth client of bq, which all users share',
  '577cfe66bf6c95ddd0aa06c4ac4fc36f6cf641fdad7ab445b33071fea3612f74': 'an example of the AWS DataSync manual',
  '05b9f5d960901639fef471f294de3e654936487c91e5f9cd019b24dc48ad7984': 'an example of the AWS ECR manual',
  afa8e6be5d09b65fb9d4af65c5d69a6afe0b75453980c8e09896a57a72fd55ff: 'an example of the AWS CLI manual',
  '04fba2c05f91ad4be0d4459fdd0899910cfd97bf564bbfe45c5f42f23f43b857': 'an example of the AWS CLI manual',
  '4861b7d682dcbc5a83cc31d7559004e645ff52ad8eb7b7a94e27192280dd25d3': 'an example of the 1Password manual',
};

/** What a published secret belongs to; undefined for others. */
export function publishedOrigin(secret: string): string | undefined {
  return PUBLISHED[createHash('sha256').update(secret, 'latin1').digest('hex')];
}
