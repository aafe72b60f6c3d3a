/** Source text of the fixture package's classes: the smallest nodes that show what the engine does. */

const description = (name: string, more: string): string => `
	displayName: '${name}', name: '${name.charAt(0).toLowerCase()}${name.slice(1)}', group: ['transform'], version: 1,
	description: '${name}', defaults: { name: '${name}' }, inputs: ['main'], outputs: ['main'],
	credentials: [{ name: 'fixtureApi', required: false }], ${more}`;

/** Sends a GET request per item and links its response; `rows` repeats the response. */
const requester = `
const { NodeApiError, NodeOperationError } = require('n8n-workflow');
exports.Requester = class Requester {
	constructor() {
		this.description = {${description(
			'Requester',
			`properties: [
				{ displayName: 'Path', name: 'path', type: 'string', default: '/echo' },
				{ displayName: 'Rows', name: 'rows', type: 'number', default: 1 },
				{ displayName: 'Record', name: 'record', type: 'resourceLocator', default: { mode: 'id', value: '' },
					modes: [
						{ displayName: 'ID', name: 'id', type: 'string' },
						{ displayName: 'URL', name: 'url', type: 'string', extractValue: { type: 'regex', regex: 'records/(\\\\d+)' } },
					] },
				{ displayName: 'Options', name: 'options', type: 'json', default: {} },
			]`,
		)} };
	}
	async execute() {
		const output = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			try {
				const response = await this.helpers.httpRequestWithAuthentication.call(this, 'fixtureApi', {
					...this.getNodeParameter('options', item),
					baseURL: (await this.getCredentials('fixtureApi')).url,
					url: this.getNodeParameter('path', item),
					json: true,
				});
				const record = this.getNodeParameter('record', item, '', { extractValue: true });
				for (let row = 0; row < this.getNodeParameter('rows', item); row++) {
					output.push({ json: { response, record, row }, pairedItem: { item } });
				}
			} catch (error) {
				if (!this.continueOnFail()) throw new NodeApiError(this.getNode(), error, { itemIndex: item });
				output.push({ json: { error: error.message }, error, pairedItem: { item } });
			}
		}
		return [output];
	}
};`;

/** Gives the items that its parameter holds, counting its runs; may wait for a cancel or throw. */
const emitter = `
const { NodeOperationError } = require('n8n-workflow');
exports.Emitter = class Emitter {
	constructor() {
		this.description = {${description(
			'Emitter',
			`properties: [
				{ displayName: 'Items', name: 'items', type: 'json', default: '[]' },
				{ displayName: 'Behaviour', name: 'behaviour', type: 'string', default: 'give' },
			]`,
		)} };
	}
	async execute() {
		globalThis.fixtureRuns = (globalThis.fixtureRuns ?? 0) + 1;
		const behaviour = this.getNodeParameter('behaviour', 0);
		this.logger.info('Emitter runs', { behaviour });
		if (behaviour === 'throw') throw new NodeOperationError(this.getNode(), 'Emitter threw', { description: 'On purpose' });
		if (behaviour === 'hint') this.addExecutionHints({ message: 'A hint', location: 'outputPane' });
		if (behaviour === 'wait') {
			const signal = this.getExecutionCancelSignal();
			const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
			globalThis.fixtureWaiting?.();
			await aborted;
			return [[{ json: { cancelled: signal.aborted } }]];
		}
		const items = this.getNodeParameter('items', 0);
		return [typeof items === 'string' ? JSON.parse(items) : items];
	}
};`;

/** Has the methods that fill the editor's lists. */
const lister = `
exports.Lister = class Lister {
	constructor() {
		this.description = {${description(
			'Lister',
			`properties: [
				{ displayName: 'Kind', name: 'kind', type: 'string', default: 'record' },
				{ displayName: 'Record', name: 'record', type: 'resourceLocator', default: { mode: 'list', value: '' }, modes: [
					{ displayName: 'List', name: 'list', type: 'list', typeOptions: { searchListMethod: 'search' } }] },
			]`,
		)} };
		this.methods = {
			loadOptions: {
				async kinds() {
					return [{ name: this.getCurrentNodeParameter('kind'), value: (await this.getCredentials('fixtureApi')).key }];
				},
			},
			listSearch: {
				async search(filter, paginationToken) {
					const response = await this.helpers.httpRequestWithAuthentication.call(this, 'fixtureApi', {
						baseURL: (await this.getCredentials('fixtureApi')).url, url: '/echo', json: true });
					const name = [filter, paginationToken, response.headers.authorization].join(' ');
					return { results: [{ name, value: this.getNodeParameter('kind') }], paginationToken: 2 };
				},
			},
			resourceMapping: {
				async fields() {
					const field = { displayName: 'Name', required: false, defaultMatch: false, display: true, type: 'string' };
					return { fields: ['name', 'name', this.getNodeParameter('kind')].map((id) => ({ ...field, id })) };
				},
			},
		};
	}
	async execute() { return [this.getInputData()]; }
};`;

/** Counts its polls in the static data, and may throw after that. */
const poller = `
exports.Poller = class Poller {
	constructor() {
		this.description = {${description(
			'Poller',
			`polling: true, properties: [{ displayName: 'Behaviour', name: 'behaviour', type: 'string', default: 'give' }],`,
		)} inputs: [] };
	}
	async poll() {
		const data = this.getWorkflowStaticData('node');
		data.count = (data.count ?? 0) + 1;
		data.date = new Date(0);
		const behaviour = this.getNodeParameter('behaviour');
		if (behaviour === 'throw') throw new Error('Poller threw');
		if (behaviour === 'nothing') return null;
		const { key } = await this.getCredentials('fixtureApi');
		const budget = this.getPollBudgetMs?.();
		return [[{ json: { count: data.count, mode: this.getMode(), activation: this.getActivationMode(), budget, key } }]];
	}
};`;

/** Gives what it received; \`responseData\` is the part of its description that decides on the response. */
const hook = (name: string, responseData: string): string => `
exports.${name} = class ${name} {
	constructor() {
		this.description = {${description(
			name,
			`properties: [
				{ displayName: 'Method', name: 'httpMethod', type: 'string', default: 'POST' },
				{ displayName: 'Path', name: 'path', type: 'string', default: 'hook' },
				{ displayName: 'Response Mode', name: 'responseMode', type: 'string', default: 'onReceived' },
				{ displayName: 'Behaviour', name: 'behaviour', type: 'string', default: 'give' },
			],`,
		)} inputs: [], webhooks: [{ name: 'default', httpMethod: '={{$parameter["httpMethod"]}}', path: '={{$parameter["path"]}}',
			isFullPath: true, responseMode: '={{$parameter["responseMode"]}}', ${responseData} }] };
		this.webhookMethods = { default: {
			async checkExists() { return this.getWorkflowStaticData('node').url !== undefined; },
			async create() { this.getWorkflowStaticData('node').url = this.getNodeWebhookUrl('default'); return true; },
			async delete() { delete this.getWorkflowStaticData('node').url; return true; },
		} };
	}
	async webhook() {
		const data = this.getWorkflowStaticData('node');
		data.count = (data.count ?? 0) + 1;
		const behaviour = this.getNodeParameter('behaviour');
		if (behaviour === 'throw') throw new Error('Hook threw');
		if (behaviour === 'refuse') {
			this.getResponseObject().status(403).json({ message: 'No' });
			return { noWebhookResponse: true };
		}
		if (behaviour === 'answer') return { webhookResponse: { stored: true } };
		const request = this.getRequestObject();
		if (!request.rawBody) await request.readRawBody();
		const json = { body: this.getBodyData(), raw: request.rawBody.toString(), query: this.getQueryData(),
			token: this.getHeaderData()['x-token'], webhook: this.getWebhookName() };
		return { workflowData: [[{ json }]], webhookResponse: { stored: true } };
	}
};`;

const fixtureApi = `
exports.FixtureApi = class FixtureApi {
	constructor() {
		this.name = 'fixtureApi';
		this.displayName = 'Fixture API';
		this.properties = [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Key', name: 'key', type: 'string', default: 'default-key', typeOptions: { password: true } },
			{ displayName: 'Probe', name: 'probe', type: 'string', default: '/echo' },
		];
		this.authenticate = { type: 'generic', properties: { headers: {
			Authorization: '=Bearer {{ $credentials.key.trim() }}' } } };
		this.test = {
			request: { baseURL: '={{ $credentials.url }}', url: '={{ $credentials.probe }}' },
			rules: [
				{ type: 'responseCode', properties: { value: 403, message: 'The key may not do this' } },
				{ type: 'responseSuccessBody', properties: { key: 'state.code', value: 'off', message: 'The account is off' } },
			],
		};
	}
};`;

export const nodeSources = {
	Requester: requester,
	Emitter: emitter,
	Lister: lister,
	Poller: poller,
	Hook: hook('Hook', `responseData: '={{ undefined }}'`),
	SilentHook: hook('SilentHook', ''),
};
export const credentialSources = { FixtureApi: fixtureApi };
