// The `freshet` command.
console.log(`freshet ${process.argv.slice(2).join(' ')} under Node ${process.versions.node}: not written yet`);
