import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate that nobody vouches for, made by openssl; null where that isn't installed. */
export function selfSigned(host: string): { key: string; cert: string } | null {
  const folder = mkdtempSync(join(tmpdir(), 'wenlan-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
    const { status } = spawnSync('openssl', ['req', ...kind, '-subj', `/CN=${host}`, '-keyout', key, '-out', cert]);
    return status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
