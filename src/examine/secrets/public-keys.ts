/**
 * Private keys that everybody has: test keys and examples of well-known software, by the SHA-256 of their
 * base64 body without white space. They come with distributions and language runtimes, guard nothing, and are
 * told as information.
 */
const PUBLIC_KEYS: Readonly<Record<string, readonly string[]>> = {
  'AWS CLI documentation': [
    '37793a37c8df026e538ec20ba9d6c99886b4f0d98d22bc01e675de5b499ffa96',
    'd195ff5e44a38adbf7a221f09397cc9e20f9ed1d477abe0e1115a8a607b66654',
    'd95a591718eb908853f7b23185286ae0d747c645705f660a308af82a345dffe0',
  ],
  'CPython tests': [
    '11459d6d79b1b7c6705dcfa1efd868ac6aa18a95624f0c3b15f27952976e7955',
    '564cb12fd4416e815e553c68e40fceee3f9e9605f96755ed55e10b153d38bc35',
    '574cd7f5fa0746c7549d7853d6f5cf9d343ebc7e1d3705bfb4d47eba6a63677b',
    '687f2d69450298c0a267ff2143e2e55fa197c67cee0a114422e40c6b61666bb4',
    'a392d787746182a3a4d59fbe5ba335104510f5757cde47ae73adae3021e09fec',
    'a4b13c7bba72f43af51f5012886c713160ef31f69a560a7f42dc7dbaeaca95a0',
    'c21f5fc525cdcd86c3750fd4c5b5dfb8e644c8de62ef5c0477500a19023f5d6e',
    'd0015ffd2d53443af0ea7608a52b75f71665c321eb8496ad27aaf11aa719446b',
    'ebf0b1587c9ce3a3d8a85313cd5a48f7fc4d6fb8a5506d8072984f558b80fea1',
    'fd681435cd09e0542149fdbc8c9ffd6a33c78eb991e27b6f03497f6fc234e8d8',
  ],
  'GnuTLS self-tests': [
    '0abce0c5fd3b863ee4d881dcc5382b334393868cef4c32e687d87ce334d456b8',
    '24a2416c5abbb67327599619c25906553b849d79cbc413e2a061f12de6718838',
    '30db3ea6d728b88c03c56388f64efb5bfe5e8d0ed3640482108ac79645304e6f',
    '518a21fe5a8a54f8f31d8913c3aa5be433ba94871630b3f85009c146bd3b844e',
    '9ab6db67523ba6071fdb948b3ce38349ec08fb726f359abbbca33a3a84238ba2',
    'bf552d2ff30b20f0b0ee2bcc357a5ab68dbe899ae09a0071b097bee2d2434332',
    'c780c483da21d36753a9662fc03234d3fda795fe0bad451fbfa01dab43321ac5',
    'cadf1e62661d5d21a7fce2c80b3319022ee366137e4b302a7ea78b7f17d6f599',
    'f287c70b1db074fe73f73bfb1f09a8b0231e0d951d5bfd30a742bcb9de9195ab',
  ],
  'Go tests': [
    'd63cfe7d0783ea1dde58d51f2c76880a8125a1e0340895df7e678b4e3563689b',
    'defcda422e024b4513efbde41edd2a117ab4d45fdf91b42bf33454b6fe9d84d9',
  ],
  'boto tests': ['f9711627f2dc2dd9f4b8780cf16f5105bbd9a63e848b82ca5a5a587a44b487ab'],
  'google-auth tests': [
    'b5c815b56ed733242b5142e4cd3a4d51a13949a796df6a56d13efe3850d4695e',
    'c498cecdcccd994ead0bee7773ad7eca13e49c9407b11a759c78af041e4e3d6d',
    'd0037f7fcc058c91756eb596de74b00a13f2a540ccab9b75fc79408a06af417a',
    'ded3f45598f71442e46c5ff23b4536c32a1d033d2edf2a8986a4eac911ffea8b',
    'f7f8bad58d57a86cd04dc58fa28af49e5e354ff43c1fd77fae3d98fdb83e3158',
    'fdf5665cfae1702aafdd6766b2251609e9672440b3ecdfc20184ea771c87ae2b',
  ],
  'gsutil tests': ['243aa891597748ee5138b5415c1f0be7302cb570bbb939cb6d397193d7f77cac'],
  moto: [
    '4c55fa7e2a68d89ad8f999f1492754dec7730e3afce12deea6b36f564ac22f43',
    '4f4a329560994b762a6c77d6a421a21db8080f779e7e788afc7fe04c8f778023',
  ],
  'requests tests': [
    '1ab11ec532706993051119e51187ca674354ccfc718eca536ce75cdcd72e779c',
    '25a7edbabe7433567ce13fd9e5649f618cb86b202ef261ff4fe99b9e85da05ba',
    '2f693f430706fed0e93e0294491708ca140eca293c7d7d1bb5993c7a8de5da7e',
    'b23d85dfe21661455dd0c4355d943430565132ab2d357f7e91588c2b94629f7b',
  ],
  'urllib3 tests': [
    '1293c0784928bc53daa68d087c636e3b5b955fdae687bba6b253997768991e04',
    '26bdbdb6b839c87b66039363d2ab00155a03b5beba1da87b9aadd5347f7be7b5',
  ],
  'xmlsec examples': ['b3ef3851341fd279d40918299fd6f7c146e9e3d5b5861c22cb10995f439ca95c'],
};

/** Where each of them is from. */
export const PUBLIC_KEY_ORIGINS: ReadonlyMap<string, string> = new Map(
  Object.entries(PUBLIC_KEYS).flatMap(([origin, digests]) => digests.map((digest) => [digest, origin])),
);
