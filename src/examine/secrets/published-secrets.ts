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
  b3f19cc85129501b94306e7892b522f46fa2dcda7da664cc74a0ca9314d7d984: 'gsutil’s own key, which all users share',
  a73b3ad3b416d981fce267795785aee45bf39224fa07ce8a2e2f5a9fa89ef979: 'gcloud’s own key, which all users share',
  '6189b36d964849f34370088524ad63c235eba30974ee3da0d966ed6bac16b50d': 'gcloud’s own key, which all users share',
  '6c96130f130ab0d6d158397e24d2bcc1c9a5e73ae081f6e983f1c7b545d24a4c': 'an example of RFC 6749',
  '00cf4c781dc37003f7c7dd7d4c9a6ef1e0f4c62d9a291aa8bc398774e3fefd32': 'an example of RFC 6749',
  a35b81a7d7927b70ec99270dd2362b88580a28574af812f2c02f56469579186f: 'an example of RFC 6749',
  e9974c507d2a802143f614c878fcbb622a3800e05e6e0d329fee2c5b6b243329: 'an example of RFC 6749',
  '53f5da0aaa93d64cd5772c554cbf940f0539e689dddbeb8f923eec3f72c02ea9': 'an example of RFC 6749',
  b8e148545b13c78bc74da2f1a7275dd71e56ddece129d7d2f7b3ecc06f7994da: 'an example of RFC 6750',
  ea9bdfd02c0c412c8cc36ba67f6c17f9b314b2c518e63ff3776077d68245736d: 'an example of oauthlib',
  '465ad9db7ec327cead73d0776993e1d29e2b5cb5fe7686d26b288c00fdffa092': 'an example of secretlint’s rules',
  '96494af0ff15d729c97b5a558ad218ceded3c7285a4ed63670adf6693c1354f4': 'an example of secretlint’s rules',
  '5aca5b5c3515155c00aeda60aabfc5066d7d79f278a73f7d21328f1b2b556496': 'an example of secretlint’s rules',
  '1548bbe8e262d795bceac88cfba1e16f7579f72becd581506b2908441c790dcc': 'an example of secretlint’s rules',
};

/** What a published secret belongs to; undefined for others. */
export function publishedOrigin(secret: string): string | undefined {
  return PUBLISHED[createHash('sha256').update(secret, 'latin1').digest('hex')];
}
