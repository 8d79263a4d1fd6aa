console.log('import rules: nothing to say yet');
