/** What xz and bzip2 made, for machines that have neither; the commands stand beside it. */
export const SAMPLE_TEXT = 'hello, hello, hello: a text that xz makes shorter\n';

const decode = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** `xz -c`, with CRC-64. */
export const SAMPLE_XZ = decode(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAxACtdADQZSe6N74yHMhCaKJnlIFiSY5FuqArkaM/1WixAdx6oFqIpoU/m05eEyAAAADEvwY3iqHfxAAFHMmk9aVcftvN9AQAAAAAEWVo=',
);
/** `xz -c --check=sha256`. */
export const SAMPLE_XZ_SHA256 = decode(
  '/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4AAxACtdADQZSe6N74yHMhCaKJnlIFiSY5FuqArkaM/1WixAdx6oFqIpoU/m05eEyAAAAGnT+/mBdgku/ymXmm9uZAUEx2uk6S00CBJJPjkCZGxCAAFfMjClctUYm0uaAQAAAAAKWVo=',
);
/** `xz -c --check=crc32 --lzma2=lc=0,lp=3,pb=1`. */
export const SAMPLE_XZ_CRC32 = decode(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AAxACxIADQZSgVw+kKmscp2eCBwAT+DjXKtSKtaTNGniTEYy/RD9rk45+o0ROTHhQAAACwq97gAAUQyqm5EfJBCmQ0BAAAAAAFZWg==',
);
/** `xz -c --x86 --lzma2`: code for processors, rearranged first. */
export const SAMPLE_XZ_X86 = decode(
  '/Td6WFoAAATm1rRGAgEEACEBFgANhjUf4AAxACtdADQZSe6N74yHMhCaKJnlIFiSY5FuqArkaM/1WixAdx6oFqIpoU/m05eEyAAAADEvwY3iqHfxAAFHMmk9aVcftvN9AQAAAAAEWVo=',
);
/** `yes 'one line, and again one line' | head -c 200000 | xz -c --block-size=60000`. */
export const SAMPLE_XZ_BLOCKS = decode(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4OpfAGJdADebiM52mp3cGB/CWb8pELxjh+4+cWDE6CF+4yxElLdukdzzOWE9s+wlR5oIi/Xc4ROry7tMHYptRSP/P4EDbz+VeHcN5hvtAjGbFN+9wEaEqdn5YiR2+ZG+18Q1+Ep1A+oAAAAAxRS1H5LANqYCACEBFgAAAHQv5aPg6l8AYl0ABRzK0vWk3epXtoHse2NJapsxEoKLQjFEU0OUD3Al8rropcY++BCzM04zpk1AGU6lTjN0pxYIoW9Ej5uasUnV2E/A9pypHAb6RLEcER3pWsttQrPXkSDKWJ16rerec0yk/gAAAACUErvBpXyM5gIAIQEWAAAAdC/lo+DqXwBkXQAygopEyr3Zuezau0W9HQqfHptf6e37i9TDmZa1p1GQzRkuxKTdGPoxZIldTXgyTzKHnuiuTu91xQYoC1Mk8ILBr/KykRTyTDWC2IgXgLsoNH8IN13wlcoF7AaqhaSRezqYxAAAAEpdwPEXBZYZAgAhARYAAAB0L+Wj4E4fAFJdADcZPUbU6ici9qodiioIhQsKGoio9QQny1TR2495HPFvuT0aCzHI886w4eFtTSLVE3G1OrvrsSjVwYrxV7ygaCmtJlSqQF9MjmaZqrx1A3ywVwAAAADRcco+9pm9SAAEfuDUA37g1AOAAeDUA26gnAEAHzOBygn0YuYFAAAAAARZWg==',
);
export const SAMPLE_BLOCKS_TEXT = 'one line, and again one line\n'.repeat(7000).slice(0, 200_000);

/** `head -c 4194304 /dev/zero | xz -9`: expands 5,600 times. */
export const ZEROS_XZ = decode(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM//8RAWxdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uIEGxCy4g/XACP0E6vJiiUcR89jyThcJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvEgn5lif/xABKwDsc1On/b6ufDEan7eNMW5wnqcjX+woy4XRlZiKfiqR8id19xnABphNmP3Yr9WQD8QlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlUQ8/soAB3AAFAEHqpi0AAGtsRXzSCWHbAAHEBYCAgALTUy1YscRn+wIAAAAABFla',
);
export const ZEROS_XZ_BYTES = 4_194_304;

/** `bzip2 -c`. */
export const SAMPLE_BZIP2 = decode(
  'QlpoOTFBWSZTWcC38p0AAAtZgAAQQAQAECJOnFAgADFMABNBom1DQwniRc7oUnKgAyojId5SkKo7dU3q2BU/F3JFOFCQwLfynQ==',
);
/** `head -c 45899235 /dev/zero | bzip2`: one block, which expands a million times. */
export const ZEROS_BZIP2 = decode('QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXF3JFOFCQDgni3w==');
export const ZEROS_BZIP2_BYTES = 45_899_235;
