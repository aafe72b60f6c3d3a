/** What is downloaded, in one place: a folder in the cache carries its version in its name. */
export const versions = {
	node: '24.21.0',
	n8n: '2.41.1',
};

/** The parts of one n8n release that the engine tests take from the npm registry. */
export interface EngineVersions {
	/** Version of n8n-core. */
	core: string;
	/** Version of n8n-nodes-base, n8n's own nodes. */
	nodes: string;
	/** What the npm registry gives as `dist.integrity` of that n8n-nodes-base. */
	integrity: string;
	/** What n8n's own nodes import and n8n-core does not bring. */
	imports: Record<string, string>;
}

/** The n8n releases that are supported, by the version of their n8n-core (n8n 1.123 has n8n-core 1.122). */
export const engines: Record<string, EngineVersions> = {
	'1.122': {
		core: '1.122.48',
		nodes: '1.121.53',
		integrity:
			'sha512-JryIrnx5IzXGgVSb4zofSIAsYfD/TsctQLlslNudwqXG7sJhiZDo5DWtFb3L67TV7vZUjQm+UDfT6psj2SH5mw==',
		imports: { 'moment-timezone': '0.5.48', vm2: '3.12.2' },
	},
	'2.0': {
		core: '2.0.2',
		nodes: '2.0.2',
		integrity:
			'sha512-sxrfuCjOkD0ZcL5yhkEjRUILnVlvxadaCCFg2zRAoQg8dtJrD2I5Wy0TyLDJhheyARXQTitEhLYOj4oQgUeTeA==',
		imports: { 'moment-timezone': '0.5.48', '@n8n/vm2': '3.9.25', alasql: '4.4.0' },
	},
	'2.20': {
		core: '2.20.6',
		nodes: '2.20.7',
		integrity:
			'sha512-OGq3Q15Fz6Grx6isZnV1Qh5TtQgqDWINhuLWNa2szgx2dOLU8IlqC/En8MvxJGcZAt1p8XPjULsKvXO4WhE8dw==',
		imports: { 'moment-timezone': '0.5.48', vm2: '3.11.2' },
	},
	'2.41': {
		core: '2.41.1',
		nodes: '2.41.1',
		integrity:
			'sha512-qc1lArqFRVpfXvRonHGhdVwmFrGOulIwKie+Hr5AwBzzOAwushvU+Ty3PSJYWs+C1L6FxpAmpAfiCgpjB/ldSQ==',
		imports: { 'moment-timezone': '0.5.48' },
	},
};
