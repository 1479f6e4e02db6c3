/**
 * Ends the process when the message is out. What is still under way, a thread or a read of standard input that
 * never comes to its end, must not keep alive what has failed.
 */
export async function endWith(status: number, message: string): Promise<void> {
  await new Promise<void>((resolve) => process.stderr.write(message, () => resolve()));
  process.exit(status);
}
