/** A certificate for this machine, signed by itself and good for a week; both as PEM. */
export async function makeCertificate(): Promise<{ key: string; cert: string }> {
	// Loaded when it is needed: that takes longer than to start a sandbox.
	const { generate } = await import('selfsigned');
	const aWeek = 7 * 86_400_000;
	const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
		keyType: 'ec',
		algorithm: 'sha256',
		notAfterDate: new Date(Date.now() + aWeek),
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{
				name: 'subjectAltName',
				altNames: [
					{ type: 2, value: 'localhost' },
					{ type: 7, ip: '127.0.0.1' },
				],
			},
		],
	});
	return { key: pem.private, cert: pem.cert };
}
