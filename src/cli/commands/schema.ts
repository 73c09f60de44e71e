// Owns `jobsum schema`: the JSON Schemas of the documents, or the documents of XDMoD's `schema` collection.

import type { Argv, CommandModule } from 'yargs';
import { SCHEMA_DOCUMENTS, SUMMARY_SCHEMA, TIMESERIES_SCHEMA } from '../../document/index.ts';
import { print } from '../io.ts';

interface Options {
  document: 'summary' | 'timeseries';
  json: boolean;
  definitions: boolean;
}

export const schemaCommand: CommandModule<object, Options> = {
  command: 'schema [document]',
  builder: (y) =>
    y
      .positional('document', {
        choices: ['summary', 'timeseries'] as const,
        default: 'summary' as const,
        describe: 'Which document',
      })
      .option('json', { type: 'boolean', default: false, describe: 'On one line' })
      .option('definitions', {
        type: 'boolean',
        default: false,
        describe: "In place of the schema its document for XDMoD's schema collection: documentation, types and units",
      })
      .example('$0 schema timeseries > timeseries-4.json', 'for a validator') as unknown as Argv<Options>,
  handler: ({ document, json, definitions }) => {
    const schema = document === 'summary' ? SUMMARY_SCHEMA : TIMESERIES_SCHEMA;
    const [summary, timeseries] = SCHEMA_DOCUMENTS;
    const shown = definitions ? (document === 'summary' ? summary : timeseries) : schema;
    print([JSON.stringify(shown, null, json ? undefined : 2)]);
  },
};
