// What runs Apache Kafka: its jars, fetched once by Maven, and an archive of its loaded classes, which halves the work of a start.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kept } from './kept.ts';
import { run } from './run.ts';

const kafkaVersion = '4.4.0';
/** Half the work of a start, and slower code later on. */
export const hastyFlag = '-XX:TieredStopAtLevel=1';
const jvmFlags = ['-Xmx512m', '-XX:+UseSerialGC', hastyFlag, '-Xshare:auto', '-Xlog:disable'];
const logFlags = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
];

/**
 * Arguments of `java`, to be followed by a main class of Kafka's. `startOnce` starts a broker with such arguments and ends it in order:
 * that writes the archive.
 */
export async function kafkaJava(startOnce: (java: readonly string[]) => Promise<void>): Promise<string[]> {
  const jars = await kept(`kafka-${kafkaVersion}`, async (folder) => fetchJars(folder));
  const plain = [...jvmFlags, ...logFlags, '-cp', join(jars, '*')];
  const archive = 'classes.jsa';
  const archives = await kept(`kafka-${kafkaVersion}-classes-${javaVersion()}`, (folder) =>
    startOnce([`-XX:ArchiveClassesAtExit=${join(folder, archive)}`, ...plain]),
  );
  return [`-XX:SharedArchiveFile=${join(archives, archive)}`, ...plain];
}

/** slf4j-simple is of the 1.7 line, as Kafka's slf4j-api is: a newer one would stay silent. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>freshet</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

function fetchJars(folder: string): void {
  const file = join(folder, 'pom.xml');
  writeFileSync(file, pom);
  run('mvn', ['-q', '-B', '-f', file, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`]);
  rmSync(file);
}

/** An archive of classes fits one build of Java only. */
function javaVersion(): string {
  return /version "([\w.+-]+)"/.exec(run('java', ['-version']))?.[1] ?? 'unknown';
}
